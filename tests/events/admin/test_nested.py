"""Rows with rows of their own: read on every level, in the page's order, with each error at its field."""

from fractions import Fraction
from typing import Any, ClassVar

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from events.admin.fields import RateField, TextField, UnitsField
from events.admin.nested import NestedForm, NestsForms, nested_formset
from events.document.values import Units
from events.models.validation import PartProblem
from tests.events.admin.pages import FormReader


class DropRow(NestedForm):
    key = TextField()
    units = UnitsField(initial="1")


class OutcomeRow(NestedForm):
    children: ClassVar = {"drops": nested_formset(DropRow, noun="drop", most=3)}

    rate = RateField()


class LineRow(NestedForm):
    children: ClassVar = {"outcomes": nested_formset(OutcomeRow, noun="outcome", most=3, least=1)}

    line = TextField()


class LootForm(NestsForms, forms.Form):
    children: ClassVar = {"loot": nested_formset(LineRow, noun="loot line", most=2)}

    name = TextField()


BEFORE = {
    "name": "Zulrah",
    "loot": [
        {
            "line": "main",
            "outcomes": [
                {"rate": Fraction(1, 2), "drops": [{"key": "fang", "units": Units(1, 3)}]},
                {"rate": Fraction(1, 4), "drops": []},
            ],
        }
    ],
}


def sent(**changes: Any) -> dict[str, Any]:
    """Return what a browser posts from the form that shows `BEFORE`, changed; None leaves one out."""
    form = LootForm(initial=BEFORE)
    rows = render_to_string("admin/events/nested/formset.html", {"formset": form.nested["loot"]})
    reader = FormReader("form")
    reader.feed(f"<form id=form>{form['name']}{rows}</form>")
    fields = reader.fields | {name.replace("__", "-"): value for name, value in changes.items()}
    return {name: value for name, value in fields.items() if value is not None}


def posted(**changes: Any) -> LootForm:
    """Return the form with what a browser posted."""
    return LootForm(sent(**changes), initial=BEFORE)


def test_rows_of_all_levels_come_back_as_they_were() -> None:
    form = posted()
    assert form.is_valid(), form.errors
    assert form.cleaned_data == BEFORE
    assert not form.has_changed()


def test_a_change_on_the_lowest_level_is_a_change_of_the_form() -> None:
    form = posted(loot__0__outcomes__0__drops__0__units="4")
    assert form.is_valid()
    assert form.changed_data == ["loot"]
    assert form.cleaned_data["loot"][0]["outcomes"][0]["drops"] == [{"key": "fang", "units": Units(4, 4)}]


def test_an_error_is_at_its_field_and_makes_all_above_it_wrong() -> None:
    form = posted(name="", loot__0__outcomes__1__rate="7")
    assert not form.is_valid()
    assert form.errors["name"] == ["This field is required."]
    outcomes = form.nested["loot"].rows[0].nested["outcomes"]
    assert [list(row.errors) for row in outcomes.rows] == [[], ["rate"]]
    assert "must be a rate" in outcomes.rows[1].errors["rate"][0]
    assert "loot" in form.errors


def test_what_was_typed_is_shown_again() -> None:
    form = posted(loot__0__outcomes__1__rate="often")
    assert not form.is_valid()
    html = render_to_string("admin/events/nested/formset.html", {"formset": form.nested["loot"]})
    assert 'value="often"' in html
    assert "must be a rate above 0 and up to 1, like 3/4 or 0.02, not &quot;often&quot;" in html


def test_rows_count_in_the_order_of_the_page() -> None:
    form = posted(loot__0__outcomes__0__ORDER="1", loot__0__outcomes__1__ORDER="0")
    assert form.is_valid()
    assert form.has_changed()
    rates = [outcome["rate"] for outcome in form.cleaned_data["loot"][0]["outcomes"]]
    assert rates == [Fraction(1, 4), Fraction(1, 2)]


@pytest.mark.parametrize("order", ["", None, "x", "-1", "9" * 100, "²"])
def test_a_row_without_a_readable_place_comes_last(order: str | None) -> None:
    form = posted(loot__0__outcomes__0__ORDER=order)
    assert form.is_valid()
    rates = [outcome["rate"] for outcome in form.cleaned_data["loot"][0]["outcomes"]]
    assert rates == [Fraction(1, 4), Fraction(1, 2)]


def test_a_removed_row_is_left_out_and_its_errors_do_not_count() -> None:
    form = posted(loot__0__outcomes__0__DELETE="on", loot__0__outcomes__0__rate="nonsense")
    assert form.is_valid(), form.errors
    assert form.has_changed()
    assert form.cleaned_data["loot"][0]["outcomes"] == [{"rate": Fraction(1, 4), "drops": []}]


def test_a_removed_row_can_still_be_taken_back_when_the_page_comes_again() -> None:
    form = posted(loot__0__outcomes__0__DELETE="on", name="")
    assert not form.is_valid()
    html = render_to_string("admin/events/nested/formset.html", {"formset": form.nested["loot"]})
    assert 'name="loot-0-outcomes-0-DELETE" value="on"' in html
    assert 'value="fang"' in html


def test_a_row_that_was_added_and_left_blank_is_wrong_rather_than_lost() -> None:
    form = posted(**{"loot-TOTAL_FORMS": "2", "loot-1-ORDER": "1", "loot-1-line": ""})
    assert not form.is_valid()
    assert form.nested["loot"].rows[1].errors["line"] == ["This field is required."]


def test_rows_of_an_added_row_are_read() -> None:
    added = {
        "loot-TOTAL_FORMS": "2",
        "loot-1-line": "pet",
        "loot-1-outcomes-TOTAL_FORMS": "1",
        "loot-1-outcomes-0-rate": "1/5000",
        "loot-1-outcomes-0-drops-TOTAL_FORMS": "1",
        "loot-1-outcomes-0-drops-0-key": "pet",
        "loot-1-outcomes-0-drops-0-units": "1",
    }
    form = posted(**added)
    assert form.is_valid(), form.nested["loot"].errors
    pet = {"rate": Fraction(1, 5000), "drops": [{"key": "pet", "units": Units(1, 1)}]}
    assert form.cleaned_data["loot"][1] == {"line": "pet", "outcomes": [pet]}


@pytest.mark.parametrize("count", [None, "", "x", "-1", "1.5"])
def test_a_page_that_does_not_say_how_many_rows_there_are_is_refused(count: str | None) -> None:
    form = posted(**{"loot-0-outcomes-TOTAL_FORMS": count})
    assert not form.is_valid()
    [error] = form.nested["loot"].rows[0].nested["outcomes"].non_form_errors()
    assert error == "The page did not say how many outcomes there are: load it again."


def test_more_rows_than_allowed_are_refused_and_no_great_number_of_them_is_made() -> None:
    form = posted(**{"loot-TOTAL_FORMS": str(10**12)})
    assert not form.is_valid()
    assert form.nested["loot"].non_form_errors() == ["There may be at most 2."]
    assert len(form.nested["loot"].forms) < 200


def test_removed_rows_do_not_count_towards_the_most() -> None:
    more = {
        f"loot-{ix}-{field}": value
        for ix in (1, 2)
        for field, value in {
            "line": "more",
            "outcomes-TOTAL_FORMS": "1",
            "outcomes-0-rate": "1",
            "outcomes-0-drops-TOTAL_FORMS": "0",
        }.items()
    }
    assert not posted(**more, **{"loot-TOTAL_FORMS": "3"}).is_valid()
    assert posted(**more, **{"loot-TOTAL_FORMS": "3", "loot-1-DELETE": "on"}).is_valid()


def test_fewer_rows_than_needed_are_refused() -> None:
    form = posted(loot__0__outcomes__0__DELETE="on", loot__0__outcomes__1__DELETE="on")
    assert not form.is_valid()
    [error] = form.nested["loot"].rows[0].nested["outcomes"].non_form_errors()
    assert error == "There must be at least 1: add an outcome."


def test_a_problem_with_a_path_goes_to_its_field() -> None:
    form = posted()
    assert form.is_valid()
    problem = PartProblem(("loot", 0, "outcomes", 1, "rate"), "is too high")
    form.add_error(None, ValidationError([problem]))
    assert not form.is_valid()
    assert form.nested["loot"].rows[0].nested["outcomes"].rows[1].errors["rate"] == ["is too high"]


def test_a_path_counts_rows_as_the_page_has_them() -> None:
    form = posted(loot__0__outcomes__0__DELETE="on")
    assert form.is_valid()
    form.place_error(("loot", 0, "outcomes", 0, "rate"), "is too high")
    outcomes = form.nested["loot"].rows[0].nested["outcomes"]
    assert outcomes.forms[1].errors["rate"] == ["is too high"]


def test_a_problem_that_no_row_is_the_place_of_is_one_of_the_rows_as_a_whole() -> None:
    form = posted()
    assert form.is_valid()
    form.nested["loot"].place_error((0, "outcomes"), "too much")
    form.nested["loot"].place_error((7, "line"), "unknown")
    assert form.nested["loot"].non_form_errors() == ["unknown"]
    assert form.nested["loot"].rows[0].nested["outcomes"].non_form_errors() == ["too much"]
    assert not form.is_valid()


def test_new_rows_have_placeholders_of_their_own_on_each_level() -> None:
    form = LootForm(initial=BEFORE)
    row = form.nested["loot"].empty_form
    outcome = row.nested["outcomes"].empty_form
    drop = outcome.nested["drops"].empty_form
    assert drop.prefix == "loot-__loot__-outcomes-__outcomes__-drops-__drops__"
    # As many as are needed come with it.
    assert len(row.nested["outcomes"].forms) == 1


def test_nested_rows_know_what_the_page_knows() -> None:
    form = LootForm(initial=BEFORE, context={"event": "summer"})
    [line] = form.nested["loot"].forms
    assert line.nested["outcomes"].forms[0].nested["drops"].empty_form.context == {"event": "summer"}
