"""The stored form of what is only ever read whole: loot tables and the parameters of strategies.

It is what a document has, except that a mapping whose order has a meaning is a list of pairs: PostgreSQL's
jsonb keeps no order of keys. What has another form is passed on as it is, for the document to refuse.
"""

from collections.abc import Callable
from typing import Any


def loot_to_json(loot: Any) -> Any:
    """Return a document's loot lines in their stored form."""
    return _convert_drops(loot, pairs_to_json)


def loot_from_json(loot: Any) -> Any:
    """Return stored loot lines as a document has them."""
    return _convert_drops(loot, pairs_from_json)


def pairs_to_json(mapping: Any) -> Any:
    """Return a mapping as a list of pairs."""
    return [[key, value] for key, value in mapping.items()] if isinstance(mapping, dict) else mapping


def pairs_from_json(pairs: Any) -> Any:
    """Return a list of pairs as the mapping that it stands for."""
    if isinstance(pairs, list) and all(_is_pair(pair) for pair in pairs):
        return dict(pairs)
    return pairs


def drop_keys(loot: list[dict[str, Any]]) -> list[str]:
    """Return the keys of all drops of stored loot lines, in the order in which they are first mentioned."""
    outcomes = (outcome for line in loot for outcome in line["outcomes"])
    return list(dict.fromkeys(key for outcome in outcomes for key, _ in outcome.get("drops", [])))


def _convert_drops(loot: Any, convert: Callable[[Any], Any]) -> Any:
    if not isinstance(loot, list):
        return loot
    return [_convert_line(line, convert) for line in loot]


def _convert_line(line: Any, convert: Callable[[Any], Any]) -> Any:
    if not isinstance(line, dict) or not isinstance(line.get("outcomes"), list):
        return line
    return {**line, "outcomes": [_convert_outcome(outcome, convert) for outcome in line["outcomes"]]}


def _convert_outcome(outcome: Any, convert: Callable[[Any], Any]) -> Any:
    if not isinstance(outcome, dict) or "drops" not in outcome:
        return outcome
    return {**outcome, "drops": convert(outcome["drops"])}


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
