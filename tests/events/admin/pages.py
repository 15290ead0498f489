"""What a browser would post from a page of the admin, for tests to change and send."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

Fields = dict[str, Any]


class FormReader(HTMLParser):
    """Collects the fields of a form, or of those without an id; what is in a template is not on the page."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.fields: Fields = {}
        self._in_form, self._templates, self._select, self._textarea = False, 0, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in_form = given.get("id", "") == self.form_id
        elif tag == "template":
            self._templates += 1
        elif self._in_form and not self._templates:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
            self.fields.setdefault(name, [])
        elif tag == "option" and self._select and "selected" in given:
            self.fields[self._select].append(given.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            self.fields[name] = ""
        elif tag == "input" and name and kind not in ("submit", "button") and _is_on(kind, given):
            value = given.get("value", "on" if kind == "checkbox" else "")
            if kind == "checkbox" and name in self.fields:
                # Several boxes of one name are a list, in the page's order.
                self.fields[name] = [*_listed(self.fields[name]), value]
            else:
                self.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif tag == "form":
            self._in_form = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] += data.removeprefix("\n")


def _is_on(kind: str, given: dict[str, str]) -> bool:
    return (kind not in ("checkbox", "radio") or "checked" in given) and "disabled" not in given


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def at(answer: Any) -> str:
    """Return where an answer leads."""
    return str(answer.url)


def fields_of(client: Client, url: str, form_id: str) -> Fields:
    """Return what a browser would post from the form of a page as it is."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    return fields_in(page, form_id)


def fields_in(page: Any, form_id: str) -> Fields:
    """Return what a browser would post from the form of an answer."""
    reader = FormReader(form_id)
    reader.feed(page.content.decode())
    return {name: value for name, value in reader.fields.items() if value != []}
