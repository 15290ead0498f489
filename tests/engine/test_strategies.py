"""Documents and kernels know the same strategies."""

from events.document import StrategyName
from simulations.engine.layout import Strategy


def test_documents_and_kernels_name_the_same_strategies() -> None:
    assert [name.name for name in StrategyName] == [code.name for code in Strategy]
