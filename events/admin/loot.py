"""An activity's loot and size bands as rows of a form: loot lines, their outcomes, the drops of these."""

from fractions import Fraction
from typing import Any, ClassVar

from django import forms
from pydantic import TypeAdapter
from unfold.widgets import UnfoldAdminSelectWidget

from events import document
from events.admin.fields import (
    MultiplierField,
    RateField,
    SecondsField,
    SizesField,
    TextField,
    UnitsField,
    WholeField,
)
from events.admin.nested import NestedForm, NestedFormSet, nested_formset
from events.document.models import MOST_LINES, MOST_OUTCOMES, MOST_TEAM_PLAYERS
from events.document.rates import read_rates, rest_of, too_many
from events.models.validation import problems_of

Rows = list[dict[str, Any]]

LINES = TypeAdapter(list[document.LootLine])
LINE = TypeAdapter(document.LootLine)
BANDS = TypeAdapter(list[document.SizeBand])

# Of the list of drops that the page suggests.
DROP_KEYS_ID = "drop-keys"

NO_REST = "There is no rest: every roll gives one of these."

ROLLS = [(str(document.Roll.PER_PLAYER), "Every member"), (str(document.Roll.PER_GROUP), "The party once")]


class DropForm(NestedForm):
    """A drop and its units."""

    template_name = "admin/events/activity/drop.html"

    key = TextField(label="Drop", placeholder="unique.fang", attrs={"list": DROP_KEYS_ID})
    units = UnitsField(label="Units", initial="1")


class UniqueFormSet(NestedFormSet):
    """Rows of which each has another value in a field."""

    unique: ClassVar[str]
    doubled: ClassVar[str]

    def clean(self) -> None:
        """Refuse a value that comes twice, at the second."""
        known: set[str] = set()
        for row in self.rows:
            value = getattr(row, "cleaned_data", {}).get(self.unique)
            if value in known:
                row.add_error(self.unique, self.doubled)
            elif value:
                known.add(value)


class DropFormSet(UniqueFormSet):
    """The drops of an outcome: a document has them by their keys."""

    unique = "key"
    doubled = "is in this outcome already: give it more units instead"

    def row_at(self, step: str | int) -> Any:
        """Return the row of a drop, which a document has by its key."""
        keys = {getattr(row, "cleaned_data", {}).get("key"): row for row in self.rows}
        return keys.get(step)


class OutcomeForm(NestedForm):
    """One possible result of a roll."""

    template_name = "admin/events/activity/outcome.html"
    children: ClassVar = {
        "drops": nested_formset(DropForm, noun="drop", most=100, base=DropFormSet),
    }

    rate = RateField(label="Rate")
    penalty_seconds = SecondsField(
        0, 86_400, label="Death costs (s)", required=False, if_blank=0, placeholder="no death"
    )


class LineForm(NestedForm):
    """A loot line: one roll of every attempt."""

    template_name = "admin/events/activity/line.html"
    children: ClassVar = {
        "outcomes": nested_formset(OutcomeForm, noun="outcome", most=MOST_OUTCOMES, least=1),
    }

    line = TextField(label="Name", placeholder="like main or unique")
    roll = forms.ChoiceField(label="Who rolls", choices=ROLLS, widget=UnfoldAdminSelectWidget)
    times = WholeField(1, 100, label="Rolls", initial="1")

    def clean(self) -> dict[str, Any]:
        """Find what is only wrong with the line as a whole: rates that come to more than 1."""
        if not self.errors:
            for problem in problems_of(LINE, line_data(self.cleaned_data)):
                self.add_error(None, problem)
        return self.cleaned_data


class LineFormSet(UniqueFormSet):
    """The loot lines of an activity, which replays call by their names."""

    unique = "line"
    doubled = "is the name of another line already"


class BandForm(NestedForm):
    """What changes for parties of some sizes."""

    size = SizesField(label="Party size")
    time = MultiplierField(label="Time ×", required=False)
    rate = MultiplierField(label="Rates ×", required=False)


LootFormSet = nested_formset(LineForm, noun="loot line", most=MOST_LINES, base=LineFormSet)
BandFormSet = nested_formset(BandForm, noun="size band", most=MOST_TEAM_PLAYERS)


def loot_rows(loot: Any) -> Rows:
    """Return what the form shows of a document's loot lines."""
    return [
        {
            "line": line.line,
            "roll": str(line.roll),
            "times": line.times,
            "outcomes": [
                {
                    "rate": outcome.rate,
                    "penalty_seconds": outcome.penalty_seconds or None,
                    "drops": [{"key": key, "units": units} for key, units in outcome.drops.items()],
                }
                for outcome in line.outcomes
            ],
        }
        for line in LINES.validate_python(loot)
    ]


def loot_data(rows: Rows) -> Rows:
    """Return what valid rows hold as a document writes it, without what is at its default."""
    lines = LINES.validate_python([line_data(row) for row in rows])
    written: Rows = LINES.dump_python(lines, mode="json", exclude_defaults=True)
    return written


def line_data(row: dict[str, Any]) -> dict[str, Any]:
    """Return what one line's row holds in a document's shape."""
    outcomes = [
        {**outcome, "drops": {drop["key"]: drop["units"] for drop in outcome["drops"]}}
        for outcome in row["outcomes"]
    ]
    return {**{name: row[name] for name in ("line", "roll", "times")}, "outcomes": outcomes}


def rest_in_words(rates: list[str]) -> dict[str, Any]:
    """Return what typed rates leave of a roll, as their form shows it; nothing where one can't be read."""
    read = read_rates(rates)
    if read is None:
        return {"text": "", "over": False}
    rest = rest_of(read)
    if rest < 0:
        return {"text": f"{too_many(rest).capitalize()}.", "over": True}
    text = f"The rest, {share_text(rest)}, is nothing." if rest else NO_REST
    return {"text": text, "over": False}


def share_text(share: Fraction | int) -> str:
    """Return a share in percent, rounded: nobody types this one, and its fraction says little."""
    text = f"{float(share) * 100:.4g}"
    # What is not all does not read as if it were.
    return ">99.99 %" if text == "100" and share < 1 else f"{text} %"


def band_rows(bands: Any) -> Rows:
    """Return what the form shows of a document's size bands."""
    return [
        {"size": band.size, "time": band.time, "rate": band.rate} for band in BANDS.validate_python(bands)
    ]


def band_data(rows: Rows) -> Rows:
    """Return what valid rows of bands hold as a document writes it."""
    written: Rows = BANDS.dump_python(BANDS.validate_python(rows), mode="json", exclude_defaults=True)
    return written
