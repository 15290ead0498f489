"""Names that people take for the same have one key, and what can't be seen in a name is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.document.names import invisible_characters, same_name_key


@pytest.mark.parametrize(
    "other",
    [
        "zezima main",
        "ZEZIMA MAIN",
        "Zezima\u00a0Main",
        "Zezima\u2003Main",
        "Zezima_Main",
        "Zezima-Main",
        "Zezima\u2011Main",
        "Zezima  Main",
        "Zezima _-Main",
        " Zezima Main ",
        "Zezima\u200b Main",
        "\u202eZezima Main\u202c",
        "Zezima\ufeff Main",
        "Zezi\u00adma Main",
        "\uff3aezima Main",
    ],
)
def test_names_that_look_alike_have_one_key(other: str) -> None:
    assert same_name_key(other) == same_name_key("Zezima Main") == "zezima main"


@pytest.mark.parametrize(
    "other", ["Zezima Mains", "ZezimaMain", "Zezima.Main", "Zezima Main 2", "Zézima Main"]
)
def test_names_that_differ_visibly_have_keys_of_their_own(other: str) -> None:
    assert same_name_key(other) != same_name_key("Zezima Main")


def test_case_is_folded_in_every_script() -> None:
    assert same_name_key("STRASSE") == same_name_key("Straße")
    assert same_name_key("ΣΊΣΥΦΟΣ") == same_name_key("Σίσυφος")


def test_a_letter_may_be_composed_or_not() -> None:
    assert same_name_key("Zoe\u0308") == same_name_key("Zoë")
    assert same_name_key("Zoe\u200b\u0308") == same_name_key("Zoë")


def test_what_nobody_sees_is_not_in_the_key() -> None:
    assert same_name_key("\u200b\u3164\ufe0f") == ""


@given(st.text())
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    assert same_name_key(same_name_key(name)) == same_name_key(name)


def test_characters_that_nobody_sees_are_named_once() -> None:
    assert invisible_characters("Ze\u200bzi\u200bma\u202e") == ["U+200B", "U+202E"]
    assert invisible_characters("Zezima\u3164") == ["U+3164"]
    assert invisible_characters("Ze\u200dzima") == ["U+200D"]


@pytest.mark.parametrize(
    "name",
    [
        "Zezima",
        "Zezima\u00a0Main",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "👩\u200d🚀",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u0645\u06cc\u200c\u062e",
    ],
)
def test_characters_that_shape_what_is_seen_are_meant(name: str) -> None:
    assert invisible_characters(name) == []
