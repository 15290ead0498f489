"""Summaries as the first format wrote them: `summaries_format_1.json` holds them in base64, by their runs.

They are of the event that `tests.events.factories.a_race` returns, with the seed 7.
"""

import base64
import json
from pathlib import Path

STORED = json.loads(Path(__file__).with_name("summaries_format_1.json").read_text())


def summary_of_format_1(first_run: int, n_runs: int) -> bytes:
    """Return the stored summary of these runs: 0 to 24, 25 to 39 or 0 to 39."""
    return base64.b64decode(STORED[f"{first_run}-{first_run + n_runs}"])
