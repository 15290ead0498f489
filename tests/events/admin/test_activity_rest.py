"""What a loot line's rates leave is told while they are typed, in the words of the check."""

import pytest
from django.test import Client
from django.urls import reverse
from pydantic import ValidationError as PydanticError

from events.document import LootLine
from tests.visitors import who_may_only_read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "rates",
    [
        ["1/2", "0.25"],
        ["0.09090909090909091"] * 11,
        ["1/2", "1/2", "1e-11"],
        ["50 %", "1 in 4", "1/9.1", "0,14 %"],
        ["1/2", "often"],
        ["1/10.000"],
        ["0.5", "1/1000000000000000003"],
    ],
)
def test_what_rates_leave_is_told_as_saving_them_would(admin_client: Client, rates: list[str]) -> None:
    address = reverse("admin:events_activity_rest")
    (told,) = admin_client.post(address, {"line": "\n".join(rates)}).json()["rests"]
    problems = errors_of_rates(rates)
    if told["over"]:
        assert problems == [told["text"].rstrip(".").replace("The", "the", 1)]
    else:
        assert bool(problems) == (told["text"] == "")


def errors_of_rates(rates: list[str]) -> list[str]:
    """Return what is wrong with a loot line of these rates."""
    try:
        LootLine.model_validate({"line": "main", "outcomes": [{"rate": rate} for rate in rates]})
    except PydanticError as error:
        return [problem["msg"] for problem in error.errors()]
    return []


def test_nobody_without_permission_is_told_what_rates_leave() -> None:
    client = who_may_only_read()
    assert client.post(reverse("admin:events_activity_rest"), {"line": "1/2"}).status_code == 403
