"""Tiles copied with all that belongs to them."""

from collections.abc import Container, Iterable
from typing import Any

from events.models import Rule, RuleDrop, RuleModifier, RuleRequirement, Tile
from events.models.validation import KEY_LENGTH

COPIED_AT_ONCE = 100


def copy_of(tile: Tile, taken: Container[str]) -> Tile:
    """Return an unsaved tile like another one, with a key that is not taken."""
    same = ("event_id", "name", "points", "needs")
    return Tile(key=free_key(tile.key, taken), **{field: getattr(tile, field) for field in same})


def free_key(key: str, taken: Container[str]) -> str:
    """Return the first of `key-2`, `key-3`, … that is not taken; a key with a number counts on from it."""
    stem, dash, ending = key.rpartition("-")
    numbered = bool(dash) and stem != "" and ending.isdecimal() and len(ending) < 6
    base, number = (stem, int(ending)) if numbered else (key, 1)
    while True:
        number += 1
        ending = f"-{number}"
        free = base[: KEY_LENGTH - len(ending)] + ending
        if free not in taken:
            return free


def copy_rules(copies: Iterable[tuple[Tile, Tile]]) -> None:
    """Give saved copies the rules of their originals: pairs of original and copy.

    The event's version is left to the caller.
    """
    copy_by_original = {original.pk: copy.pk for original, copy in copies}
    originals = list(Rule.objects.filter(tile__in=copy_by_original).order_by("tile", "position", "id"))
    rules = [
        Rule(tile_id=copy_by_original[rule.tile_id], activity_id=rule.activity_id, position=rule.position)
        for rule in originals
    ]
    Rule.objects.bulk_create(rules, batch_size=COPIED_AT_ONCE)
    rule_by_original = {rule.pk: copy.pk for rule, copy in zip(originals, rules, strict=True)}
    for model in (RuleDrop, RuleRequirement, RuleModifier):
        _copy_parts(model, rule_by_original)


def _copy_parts(model: Any, rule_by_original: dict[int, int]) -> None:
    """Copy what belongs to rules, to their copies."""
    parts = list(model.objects.filter(rule__in=rule_by_original))
    for part in parts:
        part.pk, part.rule_id = None, rule_by_original[part.rule_id]
        part._state.adding = True
    model.objects.bulk_create(parts, batch_size=COPIED_AT_ONCE)
