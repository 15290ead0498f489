"""Small events, each aimed at one rule of the model: engine and oracle must agree on all of them.

Where the truth can be worked out by hand, ``test_oracle`` has it.
"""

from events.document import EventDocument
from tests.engine.edge_cases.boards import GRANTS, ROWS
from tests.engine.edge_cases.contests import STRATEGIES
from tests.engine.edge_cases.luck import MULTIPLIERS
from tests.engine.edge_cases.parties import PARTIES, WAITS
from tests.engine.edge_cases.sessions import SESSIONS

EDGE_CASES: dict[str, EventDocument] = WAITS | PARTIES | SESSIONS | GRANTS | ROWS | STRATEGIES | MULTIPLIERS
