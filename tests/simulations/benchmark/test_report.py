"""The page that a benchmark writes."""

import pytest

from simulations.benchmark.report import markdown, number
from tests.simulations.benchmark.factories import a_level, an_outcome


def test_a_report_holds_every_criterion_and_names_its_files() -> None:
    outcome = an_outcome(a_level(1, 30), a_level(3, 15), reference=[a_level(1, 14, 500_000)])
    page = markdown(outcome, made_by="benchmark", at="2026-01-01", plot_name="p.svg", data_name="p.json")
    for criterion in outcome.criteria:
        assert f"| {criterion.name} |" in page
    for part in ("(p.svg)", "(p.json)", "a processor", "0123456789abcdef", "ours, 1 worker", "183.8 s"):
        assert part in page
    assert outcome.limit in " ".join(page.split())


def test_tables_of_a_report_have_the_same_number_of_cells_in_every_row() -> None:
    outcome = an_outcome(a_level(1, 30), a_level(2, 16), a_level(3, 15), reference=[a_level(1, 14, 500_000)])
    page = markdown(outcome, made_by="benchmark", at="2026-01-01", plot_name="p.svg", data_name="p.json")
    tables = [part.splitlines() for part in page.split("\n\n") if part.startswith("|")]
    assert len(tables) == 6
    for table in tables:
        assert len({row.count("|") for row in table}) == 1


def test_the_predecessor_is_beside_the_event_that_it_was_measured_on_only() -> None:
    outcome = an_outcome(a_level(1, 14, 500_000), event="some-event")
    page = markdown(outcome, made_by="benchmark", at="2026-01-01", plot_name="p.svg", data_name="p.json")
    assert "redecessor" not in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0261, "0.026"), (2.345, "2.35"), (90, "90"), (123.45, "123.5"), (36899.2, "36,899")],
)
def test_numbers_have_about_three_digits(value: float, text: str) -> None:
    assert number(value) == text
