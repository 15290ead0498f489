"""The report: Markdown for people, with the plot of throughput over time beside it."""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from events.wording import counted
from simulations.benchmark import predecessor
from simulations.benchmark.criteria import REFERENCE_RUNS, SPRING, Criterion
from simulations.benchmark.levels import Level
from simulations.benchmark.outcome import Outcome
from simulations.benchmark.plot import Line, draw
from simulations.benchmark.windows import WIDTH_S

# Of the page's text.
LINE = 120

Cell = Callable[[Level], str]


def plot(outcome: Outcome) -> str:
    """Return the throughput of all levels over time as SVG."""
    runs = outcome.levels[0].runs
    lines = [Line(workers(level.workers), level.windows) for level in outcome.levels]
    return draw(f"{outcome.event}: throughput of {counted(runs, 'run')}", lines, width_s=WIDTH_S)


def markdown(outcome: Outcome, *, made_by: str, at: str, plot_name: str, data_name: str) -> str:
    """Return the report as a page; the names are those of the files beside it."""
    sections = [
        [f"# Benchmark of the fleet: {outcome.event}"],
        [f"Made by `{made_by}` on {at}; [{data_name}]({data_name}) has all figures."],
        [f"**{outcome.limit}**"],
        ["## Criteria", "", *_criteria(outcome.criteria)],
        [f"## {counted(outcome.levels[0].runs, 'run')}", "", *_levels(outcome.levels)],
        [_scaling(outcome)],
        [f"![Throughput over time]({plot_name})"],
        [_WINDOWS],
        *_reference(outcome),
        ["## Where the time goes", "", *_table(_TIMES, outcome.levels), "", _TIMES_NOTE],
        ["## Database and broker", "", *_table(_SERVICES, outcome.levels), "", _SERVICES_NOTE],
        *_predecessor(outcome),
        ["## Machine", "", *_machine(outcome.machine)],
    ]
    return "\n\n".join("\n".join(map(_wrapped, lines)) for lines in sections) + "\n"


def workers(n: int) -> str:
    return counted(n, "worker")


def criteria_rows(criteria: Iterable[Criterion]) -> list[tuple[str, str, str, str, str]]:
    """Return name, value, bound, verdict and note of each criterion, as text."""
    rows = []
    for criterion in criteria:
        sign = "<" if criterion.at_most else "≥"
        value = f"{number(criterion.value)} {criterion.unit}".strip()
        bound = f"{sign} {number(criterion.bound)}"
        rows.append((criterion.name, value, bound, "pass" if criterion.passed else "FAIL", criterion.note))
    return rows


def level_rows(levels: Sequence[Level]) -> list[tuple[str, ...]]:
    """Return a heading and the main figures of each level, as text."""
    head = ("", *(workers(level.workers) for level in levels))
    return [head, *((name, *(cell(level) for level in levels)) for name, cell in _RESULTS)]


def number(value: float) -> str:
    """Write a number with about three digits."""
    if value == 0 or abs(value) >= 1000 or (value == int(value) and abs(value) >= 1):
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def _wrapped(line: str) -> str:
    # Rows of tables have to stay whole.
    return line if line.startswith("|") else textwrap.fill(line, LINE, break_long_words=False) or line


def _criteria(criteria: Sequence[Criterion]) -> list[str]:
    return _lines(("criterion", "value", "bound", "", "note"), criteria_rows(criteria), "<>><<")


def _levels(levels: Sequence[Level]) -> list[str]:
    head, *rows = level_rows(levels)
    table = _lines(head, rows, "<" + ">" * len(levels))
    return [*table, "", f"Digest at every level: `{levels[0].digest}`."]


def _scaling(outcome: Outcome) -> str:
    first, *others = outcome.levels
    if not others:
        return "One level has no scaling."
    factors = (
        f"{number(level.runs_per_s / first.runs_per_s)} with {workers(level.workers)}" for level in others
    )
    return f"Throughput over that of {workers(first.workers)}: {', '.join(factors)}."


def _reference(outcome: Outcome) -> list[list[str]]:
    if not outcome.reference:
        return []
    return [[f"## {REFERENCE_RUNS:,} runs beside it", "", *_levels(outcome.reference)]]


def _predecessor(outcome: Outcome) -> list[list[str]]:
    ours = [level for level in (outcome.reference or outcome.levels) if level.runs == REFERENCE_RUNS]
    if outcome.event != SPRING or not ours:
        return []
    columns = [(predecessor.HEAD, [str(row[0]) for row in predecessor.FIGURES])]
    for ix, n_workers in ((1, 1), (2, 3)):
        columns.append((f"predecessor, {workers(n_workers)}", [row[ix] for row in predecessor.FIGURES]))
    columns += [(f"ours, {workers(level.workers)}", _like_predecessor(level)) for level in ours]
    rows = list(zip(*(cells for _, cells in columns), strict=True))
    table = _lines([head for head, _ in columns], rows, "<" + ">" * (len(columns) - 1))
    return [["## The predecessor", "", *table, "", predecessor.NOTE]]


def _like_predecessor(level: Level) -> list[str]:
    return [cell(level) for cell in (_elapsed, _runs_per_s, _steady, _warmup, _shares, _messages)]


def _machine(machine: dict[str, Any]) -> list[str]:
    lines = []
    for name, value in machine.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {part}" for key, part in value.items())
        lines.append(f"- {name.replace('_', ' ')}: {value}")
    return [*lines, "", "Workers, PostgreSQL and RabbitMQ share it."]


def _table(cells: Sequence[tuple[str, Cell]], levels: Sequence[Level]) -> list[str]:
    """Return a table with a column for each level."""
    rows = [(name, *(cell(level) for level in levels)) for name, cell in cells]
    return _lines(["", *(workers(level.workers) for level in levels)], rows, "<" + ">" * len(levels))


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> list[str]:
    rules = ("---:" if side == ">" else "---" for side in sides)
    return [f"| {' | '.join(cells)} |" for cells in (head, list(rules), *rows)]


def _elapsed(level: Level) -> str:
    return f"{level.elapsed_s:.1f} s"


def _runs_per_s(level: Level) -> str:
    return f"{level.runs_per_s:,.0f} runs/s"


def _steady(level: Level) -> str:
    return f"{level.steady_runs_per_s:,.0f} runs/s"


def _warmup(level: Level) -> str:
    return f"{level.warmup_lost_s:.1f} s, {100 * level.warmup_share:.1f} %"


def _shares(level: Level) -> str:
    return " / ".join(f"{100 * share:.1f}" for share in level.shares) + " %"


def _messages(level: Level) -> str:
    return f"{level.totals.get('messages', 0):,.0f}"


def _phase(name: str) -> Cell:
    def cell(level: Level) -> str:
        seconds = level.phases_s[name]
        return f"{seconds:.2f} s, {100 * seconds / max(level.busy_s, 1e-9):.2f} %"

    return cell


def _publish(level: Level) -> str:
    return f"{level.publish_s:.3f} s, {100 * level.publish_s / max(level.busy_s, 1e-9):.2f} %"


def _idle(level: Level) -> str:
    return (
        f"{level.idle_share * level.workers * level.elapsed_s:.2f} s, {100 * level.idle_share:.1f} % of all"
    )


def _cache(level: Level) -> str:
    return f"{level.totals.get('cache_hits', 0):,.0f} / {level.totals.get('cache_misses', 0):,.0f}"


def _cpu(level: Level) -> str:
    if not {"machine_s", "workers_s"} <= set(level.cpu):
        return "not measured"
    return f"{level.cpu['workers_s']:.1f} s of {level.cpu['machine_s']:.1f} s"


def _sessions(level: Level) -> str:
    sessions = level.database.get("sessions", {})
    return "<br>".join(f"{what} {number(n)}" for what, n in sessions.items()) or "none seen"


def _database(name: str) -> Cell:
    return lambda level: number(level.database.get(name, 0))


def _two(*names: str) -> Cell:
    return lambda level: " / ".join(_database(name)(level) for name in names)


def _broker(name: str) -> Cell:
    return lambda level: number(level.broker.get(name, 0))


_RESULTS: tuple[tuple[str, Cell], ...] = (
    ("elapsed", _elapsed),
    ("throughput", _runs_per_s),
    ("steady state", _steady),
    ("lost to warming up, apart from it", _warmup),
    ("shares of the workers", _shares),
    ("batches", lambda level: f"{len(level.finished):,}"),
    ("command to first finished batch", lambda level: f"{level.first_batch_s:.2f} s"),
    ("request to first finished batch", lambda level: f"{level.first_batch_s - level.requested_s:.2f} s"),
    ("last batch to completed", lambda level: f"{level.completion_s:.3f} s"),
    ("command to completed", lambda level: f"{level.completed_s:.1f} s"),
)
_TIMES: tuple[tuple[str, Cell], ...] = (
    ("simulate", _phase("simulate")),
    ("claim", _phase("claim")),
    ("persist", _phase("persist")),
    ("publish", _publish),
    ("waiting, and compiling the event", _idle),
    ("first of them out of work before the last", lambda level: f"{level.tail_s:.2f} s"),
    ("compiled events: cache hits / misses", _cache),
    ("processor time: workers of the whole machine", _cpu),
    ("start until they take work", lambda level: "-" if level.ready_s is None else f"{level.ready_s:.1f} s"),
)
_SERVICES: tuple[tuple[str, Cell], ...] = (
    ("transactions a batch", _database("transactions_per_batch")),
    ("transactions", _database("xact_commit")),
    ("rolled back", _database("xact_rollback")),
    ("rows inserted", _database("tup_inserted")),
    ("rows updated", _database("tup_updated")),
    ("blocks read / found in memory", _two("blks_read", "blks_hit")),
    ("deadlocks", _database("deadlocks")),
    ("temporary files", _database("temp_files")),
    ("sessions waiting for locks", _database("waiting_for_locks")),
    ("most sessions active at once", _database("most_active")),
    ("sessions at a look", _sessions),
    ("messages by workers", _messages),
    ("messages waiting, on average", _broker("waiting_on_average")),
    ("longest queue", _broker("longest_queue")),
)
_WINDOWS = (
    "Windows of one second from the first batch's start, each batch spread over the time that it was "
    "computed in. Steady state leaves out the first and the last window, which are partly empty. Lost to "
    "warming up is what simulations before the measured one, under another seed, took longer than as many "
    "runs take in the steady state."
)
_TIMES_NOTE = (
    "Seconds of all workers together, with their part of the busy time (simulate, claim, persist and "
    "publish). The first message to each worker is sent by who asks, and is part of the time from the "
    "command to the first batch."
)
_SERVICES_NOTE = (
    "Differences of the database's own counters, with what heartbeats and the command that asked for the "
    "simulation did, without the transactions of the benchmark's looks. A look, four times a second, counts "
    "the sessions by what they do or wait for, and the messages in the workers' queues."
)
