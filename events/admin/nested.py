"""Forms of rows that have rows of their own: loot lines with outcomes with drops, tiles with rules.

A form names what it holds in `children`; each of these is a formset over the same data, under the form's own
prefix (`loot-0-outcomes-2-drops-0-key`). The page numbers rows in `ORDER` and marks removed ones in `DELETE`
(see `nested.js`), so that a row keeps its number, and what was typed in it, when the page comes back.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME, TOTAL_FORM_COUNT
from django.utils.functional import cached_property

from events.admin.addresses import number_in
from events.document.errors import Path, PlacedError, place_of
from events.models.validation import PartProblem

if TYPE_CHECKING:
    # What is mixed into forms of both kinds is typed as one of them.
    FormBase = forms.BaseForm
    FormSetBase = forms.BaseFormSet[Any]
else:
    FormBase = object
    FormSetBase = forms.BaseFormSet

# More rows than allowed are read up to here, so that what was typed comes back with the error.
MOST_TOO_MANY = 100
REMOVED = ("on", "true", "1")

AMISS = "See what is marked below."
TAMPERED = "The page did not say how many {noun}s there are: load it again."
TOO_MANY = "There may be at most {most:,}."
TOO_FEW = "There must be at least {least:,}: add {article} {noun}."


class NestsForms(FormBase):
    """A form that holds rows of forms; mix it into a form or a model's form, before it.

    `context` is what a page knows that its fields may need, such as the event; nested rows get it too. The
    values of valid rows are in `cleaned_data` by the time of `clean`.
    """

    children: ClassVar[dict[str, type["NestedFormSet"]]] = {}
    nested: dict[str, "NestedFormSet"]

    def __init__(self, *args: Any, context: Any = None, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)
        self.nested = {name: self._rows_of(name, kind) for name, kind in self.children.items()}

    def _rows_of(self, name: str, kind: type["NestedFormSet"]) -> "NestedFormSet":
        rows = kind(
            data=self.data if self.is_bound else None,
            prefix=f"{self.prefix}-{name}" if self.prefix else name,
            initial=self.initial_rows(name),
            auto_id=self.auto_id,
            form_kwargs={"context": self.context},
        )
        rows.outermost = not isinstance(self, NestedForm)
        return rows

    def initial_rows(self, name: str) -> Any:
        """Return what the nested rows of a name hold before anything is typed."""
        return (self.initial or {}).get(name)

    def is_valid(self) -> bool:
        """Say whether the form and all its nested rows are right."""
        return super().is_valid() and all(rows.is_valid() for rows in self.nested.values())

    @property
    def changed_data(self) -> list[str]:
        """The names of fields, and of nested rows, that differ from what they were."""
        return [
            *super().changed_data,
            *(name for name, rows in self.nested.items() if rows.has_changed()),
        ]

    @property
    def media(self) -> forms.Media:
        """What the fields and the nested rows load."""
        return sum((rows.media for rows in self.nested.values()), super().media)

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error, at its place if it has a path, and at a nested formset if that has the name."""
        error = error if isinstance(error, ValidationError) else ValidationError(error)
        of_fields = error.error_dict if hasattr(error, "error_dict") else {field: error.error_list}
        for name, problems in of_fields.items():
            for problem in problems:
                self._add_problem(None if name == NON_FIELD_ERRORS else name, problem)

    def _add_problem(self, name: str | None, problem: ValidationError) -> None:
        if isinstance(problem, PartProblem):
            self.place_error(problem.path, problem.detail)
        elif name in self.nested:
            self.nested[name].place_error((), problem.messages[0])
            self._mark(name)
        else:
            super().add_error(name if name in self.fields else None, problem)

    def place_error(self, path: Path, message: str) -> None:
        """Put an error where the document has it; a field that is wrong already keeps its own."""
        name = self.field_at(path)
        if path and path[0] in self.nested:
            self.nested[str(path[0])].place_error(path[1:], message)
            self._mark(str(path[0]))
        elif name is None:
            super().add_error(None, str(PlacedError(place_of(path), message)))
        elif name not in self.errors:
            super().add_error(name, message)

    def field_at(self, path: Path) -> str | None:
        """Return the field that holds what the document has at a path below this form's part."""
        return str(path[0]) if path and path[0] in self.fields else None

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # not in the type stubs
        for name, rows in self.nested.items():
            if rows.is_valid():
                self.cleaned_data[name] = rows.as_data()
            else:
                self._mark(name)

    def _mark(self, name: str) -> None:
        """Let this form be wrong because of its nested rows, which say themselves what is amiss."""
        self.errors.setdefault(name, self.error_class([AMISS], renderer=self.renderer))
        self.cleaned_data.pop(name, None)


class NestedForm(NestsForms, forms.Form):
    """A row that may have rows of its own."""

    # How the row looks: it has `form` and `formset`.
    template_name = "admin/events/nested/fields.html"
    # Whether it is taken out of the page's data.
    removed = False

    def as_data(self) -> dict[str, Any]:
        """Return what a valid row holds: cleaned values, and lists of those of its nested rows."""
        own = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in (ORDERING_FIELD_NAME, DELETION_FIELD_NAME)
        }
        return {name: own[name] for name in (*self.fields, *self.nested) if name in own}


class RowCount(forms.Form):
    """How many rows a page sent, removed ones included: all that it must say of a formset as a whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[TOTAL_FORM_COUNT] = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class NestedFormSet(FormSetBase):
    """Rows that can be added, moved and removed on the page; made by `nested_formset`."""

    form: type[NestedForm]
    noun: ClassVar[str]
    most: ClassVar[int]
    least: ClassVar[int]
    # What the page shows them under, and what it says of them.
    heading: ClassVar[str] = ""
    help_text: ClassVar[str] = ""

    template_name = "admin/events/nested/formset.html"
    # Whether it is in no row of another.
    outermost = True
    # Not all of Django's are used: rows keep their order and are removed by marks of their own.
    can_order, can_delete, edit_only = True, True, False
    extra, validate_max, validate_min = 0, False, False
    renderer = None

    _non_form_errors: Any

    def __init__(self, data: Any = None, files: Any = None, *, initial: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, initial=initial, **kwargs)
        self.initial: list[Any] = list(initial or [])
        self.min_num, self.max_num = self.least, self.most
        self.absolute_max = self.most + MOST_TOO_MANY

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows in the order of the page, removed ones included, which can be taken back there."""
        return iter(self._in_order)

    @property
    def rows(self) -> list[Any]:
        """The rows that count, in the order of the page."""
        return [row for row in self._in_order if not row.removed]

    @cached_property
    def _in_order(self) -> list[Any]:
        # Rows without a readable place come last, as they were added.
        places = [number_in(row.data.get(row.add_prefix(ORDERING_FIELD_NAME))) for row in self.forms]
        order = sorted(range(len(places)), key=lambda ix: (places[ix] is None, places[ix] or 0, ix))
        return [self.forms[ix] for ix in order] if self.is_bound else list(self.forms)

    @cached_property
    def management_form(self) -> Any:
        """How many rows there are, which is all that the page says of them as a whole."""
        if not self.is_bound:
            count = {TOTAL_FORM_COUNT: self.total_form_count()}
            return RowCount(prefix=self.prefix, auto_id=False, initial=count)
        count_form = RowCount(self.data, prefix=self.prefix, auto_id=False)
        if not count_form.is_valid():
            count_form.cleaned_data[TOTAL_FORM_COUNT] = 0
        return count_form

    def initial_form_count(self) -> int:
        """Return how many rows there were before."""
        return len(self.initial)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Return what each row is made with: it was added on purpose, so it may not be empty."""
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def add_fields(self, form: Any, index: int | None) -> None:
        """Note whether a row is removed: no field of it, as nothing else of it counts then."""
        form.removed = self.is_bound and form.data.get(form.add_prefix(DELETION_FIELD_NAME)) in REMOVED

    @property
    def article(self) -> str:
        """The word before the noun: "Add an outcome"."""
        return "an" if self.noun[0] in "aeiou" else "a"

    @property
    def placeholder(self) -> str:
        """What stands for a new row's number in `empty_form`; another one on each level."""
        return f"__{str(self.prefix).rpartition('-')[2]}__"

    @property
    def has_template(self) -> bool:
        """Whether the page has this formset's empty row with it.

        Those of nested rows are within the template of the outermost formset, once for all rows.
        """
        return self.outermost or "__" in str(self.prefix)

    @property
    def empty_form(self) -> Any:
        """A row as it is added."""
        row = self.form(
            **self.get_form_kwargs(None),
            auto_id=self.auto_id,
            prefix=self.add_prefix(self.placeholder),
            use_required_attribute=False,
        )
        self.add_fields(row, None)
        return row

    @property
    def errors(self) -> list[Any]:
        """The errors of each row that counts."""
        return [row.errors for row in self.rows]

    def non_form_errors(self) -> Any:
        """Return what is wrong with the rows as a whole."""
        if self._non_form_errors is None:
            self.full_clean()
        return self._non_form_errors

    def is_valid(self) -> bool:
        """Say whether all rows that count are right, and the rows as a whole."""
        # First what is wrong with the rows as a whole: finding it may mark some of them.
        return self.is_bound and not self.non_form_errors() and all(row.is_valid() for row in self.rows)

    def full_clean(self) -> None:
        """Find what is wrong with the rows as a whole."""
        self._non_form_errors = self.error_class(error_class="nonform")
        if not self.is_bound:
            return
        for row in self.rows:
            row.errors  # noqa: B018  # cleans it
        if not self.management_form.is_valid():
            self._non_form_errors.append(TAMPERED.format(noun=self.noun))
        elif len(self.rows) > self.most or self._sent() > self.absolute_max:
            self._non_form_errors.append(TOO_MANY.format(most=self.most))
        elif len(self.rows) < self.least:
            self._non_form_errors.append(
                TOO_FEW.format(least=self.least, article=self.article, noun=self.noun)
            )
        try:
            self.clean()
        except ValidationError as error:
            self._non_form_errors.extend(error.error_list)

    def _sent(self) -> int:
        return int(self.management_form.cleaned_data[TOTAL_FORM_COUNT])

    def has_changed(self) -> bool:
        """Say whether anything differs from before: a value, an order, a row more or less."""
        same_rows = [row.prefix for row in self.rows] == [
            self.add_prefix(ix) for ix in range(len(self.initial))
        ]
        return not same_rows or any(row.has_changed() for row in self.rows)

    def as_data(self) -> list[dict[str, Any]]:
        """Return what the rows hold, in their order and without removed ones; only when they are valid."""
        return [row.as_data() for row in self.rows]

    def place_error(self, path: Path, message: str) -> None:
        """Put an error at its field, by its path: a row's number, a name, a number, a name …

        One that no row is the place of is put at the rows as a whole.
        """
        row = self.row_at(path[0]) if path else None
        if row is not None:
            row.place_error(path[1:], message)
        elif message not in self.non_form_errors():
            self._non_form_errors.append(message)

    def row_at(self, step: str | int) -> Any:
        """Return the row at one step of a document's path; None where there is none.

        Rows that a document has as a mapping override this: there the step is a key.
        """
        return self.rows[step] if isinstance(step, int) and step < len(self.rows) else None

    @property
    def media(self) -> forms.Media:
        """What adds, moves and removes rows, and what the rows load."""
        own = forms.Media(css={"all": ["events/nested.css"]}, js=["events/nested.js"])
        return own + self.empty_form.media  # type: ignore[no-any-return]  # a form has no type here


def nested_formset(
    form: type[NestedForm],
    *,
    noun: str,
    most: int,
    least: int = 0,
    heading: str = "",
    help_text: str = "",
    base: type[NestedFormSet] = NestedFormSet,
) -> type[NestedFormSet]:
    """Return a formset of rows of a kind, from `least` to `most` of them; `noun` names one of them."""
    own = {
        "form": form,
        "noun": noun,
        "most": most,
        "least": least,
        "heading": heading,
        "help_text": help_text,
    }
    return type(f"{form.__name__}Set", (base,), own)
