"""The rules of a tile as forms, and how they are stored: rows that stay keep their ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from events.admin.fields import ExactField, MultiplierField
from events.admin.nested import NestedForm, nested_formset
from events.admin.scope import Entries, EntriesField, EntryField, EntrySelect, label_of
from events.document.errors import hint
from events.models import (
    Activity,
    Capability,
    Drop,
    Event,
    Rule,
    RuleDrop,
    RuleModifier,
    RuleRequirement,
    Tile,
)
from events.transfer.rows import RowBringer

MOST_RULES, MOST_MODIFIERS = 20, 8


@dataclass(frozen=True)
class Offered:
    """What the rules of an event's tile may refer to."""

    activities: Entries
    capabilities: Entries

    @classmethod
    def by(cls, event: Event | None) -> "Offered":
        """Return what an event offers; nothing is read before it is asked for."""
        return cls(Entries(Activity, event), Entries(Capability, event))


class DropsWidget(forms.Widget):
    """The drops of an activity: which count, and how much progress a unit of each is.

    Those that count come first, in their order; its value is a mapping of a drop's id to what was typed.
    """

    template_name = "admin/events/tile/drops.html"
    activity: Activity | None = None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template shows."""
        value = value or {}
        known = {str(drop.pk): drop for drop in (self.activity.drops.all() if self.activity else ())}
        order = [*(pk for pk in value if pk in known), *(pk for pk in known if pk not in value)]
        drops = [
            {"pk": pk, "key": known[pk].key, "counts": pk in value, "weight": value.get(pk, "1")}
            for pk in order
        ]
        return {"name": name, "id": (attrs or {}).get("id", name), "activity": self.activity, "drops": drops}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        """Return what was typed for each drop that counts."""
        chosen = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return {pk: data.get(f"{name}-{pk}", "1") for pk in chosen}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return that nothing is left out: no box ticked is a choice, too."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Return none: there is an input for each drop."""
        return ""


class DropsField(forms.Field):
    """Which drops of an activity count, and their weights; holds drops with weights, in order."""

    widget: Any = DropsWidget
    weight = ExactField(1000, required=True)
    activities: Mapping[str, Any] = {}
    activity: Activity | None = None

    def of(self, activity: Activity | None, activities: Mapping[str, Any]) -> None:
        """Let the field choose from the drops of an activity."""
        self.activity = self.widget.activity = activity
        self.activities = activities

    def clean(self, value: Any) -> dict[Drop, Decimal]:
        """Return the weights of the chosen drops, or say at once all that is wrong with them."""
        known = {str(drop.pk): drop for drop in (self.activity.drops.all() if self.activity else ())}
        weights: dict[Drop, Decimal] = {}
        problems: list[Any] = []
        for pk, typed in (value or {}).items():
            if pk not in known:
                problems.append(self._foreign(pk))
                continue
            try:
                weights[known[pk]] = self.weight.clean(typed)
            except ValidationError as error:
                problems += [f"{known[pk].key}: {message}" for message in error.messages]
        if not value and self.activity is not None:
            problems.append(
                "Tick at least one drop: without any, nothing counts."
                if known
                else f"{label_of(self.activity)} drops nothing yet: give it loot first."
            )
        if problems:
            raise ValidationError(list(dict.fromkeys(problems)))
        return weights

    def _foreign(self, pk: str) -> str:
        if self.activity is None:
            return "Choose the activity first."
        drops = {
            str(drop.pk): drop.key for activity in self.activities.values() for drop in activity.drops.all()
        }
        if pk not in drops:
            return "A drop that was ticked is not there any more: choose again."
        close = hint(drops[pk], [drop.key for drop in self.activity.drops.all()])
        return f"{label_of(self.activity)} never drops {drops[pk]}{close}."

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare which drops count, their order and weights."""
        return [*(initial or {}).items()] != [*(data or {}).items()]


class ModifierForm(NestedForm):
    """What a capability changes about the attempts of a rule."""

    capability = EntryField(widget=EntrySelect("Choose a capability"))
    time = MultiplierField(required=False, label="Time ×", help_text="0.9: attempts are a tenth shorter.")
    rate = MultiplierField(required=False, label="Rate ×", help_text="1.05: drops come 5 % more often.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["capability"].offer(self.context.capabilities)


class RuleForm(NestedForm):
    """A way to work on a tile."""

    template_name = "admin/events/tile/rule.html"
    children: ClassVar[Any] = {
        "modifiers": nested_formset(
            ModifierForm,
            noun="modifier",
            most=MOST_MODIFIERS,
            heading="Different for players who have a capability",
        )
    }

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    activity = EntryField(
        # The page gets the drops of what is chosen.
        widget=EntrySelect("Choose an activity", attrs={"data-activity": True}),
        error_messages={"required": "Choose what is done."},
    )
    drops = DropsField(label="What counts")
    requires = EntriesField(
        required=False,
        label="Required capabilities",
        help_text="Only players who have all of these follow it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Offered = self.context
        fields: dict[str, Any] = self.fields
        fields["activity"].offer(offered.activities)
        fields["requires"].offer(offered.capabilities)
        chosen = self["activity"].value()
        fields["drops"].of(offered.activities.get(str(chosen)), offered.activities)

    def clean(self) -> dict[str, Any] | None:
        """Refuse the same capability in two modifiers."""
        cleaned = super().clean()
        seen = set()
        for ix, modifier in enumerate(self.cleaned_data.get("modifiers", ())):
            if modifier["capability"] in seen:
                message = "Another modifier of this rule has this capability already."
                self.place_error(("modifiers", ix, "capability"), message)
            seen.add(modifier["capability"])
        return cleaned


RuleSet = nested_formset(RuleForm, noun="rule", most=MOST_RULES, heading="Rules")


def initial_rules(tile: Tile) -> list[dict[str, Any]]:
    """Return the rules of a tile as their forms show them."""
    return [
        {
            "id": rule.pk,
            "activity": rule.activity_id,
            "drops": {str(one.drop_id): f"{one.weight.normalize():f}" for one in rule.drops.all()},
            "requires": [one.capability_id for one in rule.requirements.all()],
            "modifiers": [
                {"capability": one.capability_id, "time": one.time, "rate": one.rate}
                for one in rule.modifiers.all()
            ],
        }
        for rule in Rule.objects.filter(tile=tile).prefetch_related("drops", "requirements", "modifiers")
    ]


def save_rules(tile: Tile, wanted: list[dict[str, Any]]) -> None:
    """Make the rules of a tile what its form says; call it in a transaction, after the tile was saved.

    Rules that the form knows by their ids stay, wherever they moved. That all belongs to the tile's event is
    what the form has seen to.
    """
    stored = {str(rule.pk): rule for rule in Rule.objects.filter(tile=tile)}
    rules: list[tuple[Rule, dict[str, Any]]] = []
    for position, data in enumerate(wanted):
        rule = stored.pop(data["id"], None) or Rule(tile=tile)
        rule.activity, rule.position = data["activity"], position
        rules.append((rule, data))
    Rule.objects.bulk_update([rule for rule, _ in rules if rule.pk], ["activity", "position"])
    Rule.objects.bulk_create([rule for rule, _ in rules if not rule.pk])
    _bring_parts(tile, rules)
    Rule.objects.filter(pk__in=[rule.pk for rule in stored.values()]).delete_keeping_versions()


def _bring_parts(tile: Tile, rules: list[tuple[Rule, dict[str, Any]]]) -> None:
    rows = RowBringer()
    of_tile = {"rule__tile": tile}
    drops = [
        {"rule_id": rule.pk, "drop_id": drop.pk, "position": position, "weight": weight}
        for rule, data in rules
        for position, (drop, weight) in enumerate(data["drops"].items())
    ]
    requirements = [
        {"rule_id": rule.pk, "capability_id": capability.pk, "position": position}
        for rule, data in rules
        for position, capability in enumerate(data["requires"])
    ]
    modifiers = [
        {
            "rule_id": rule.pk,
            "capability_id": modifier["capability"].pk,
            "position": position,
            "time": modifier["time"],
            "rate": modifier["rate"],
        }
        for rule, data in rules
        for position, modifier in enumerate(data["modifiers"])
    ]
    by_capability = ("rule_id", "capability_id")
    rows.bring(RuleDrop.objects.filter(**of_tile), ("rule_id", "drop_id"), drops)
    rows.bring(RuleRequirement.objects.filter(**of_tile), by_capability, requirements)
    rows.bring(RuleModifier.objects.filter(**of_tile), by_capability, modifiers)
    rows.remove_vanished()
