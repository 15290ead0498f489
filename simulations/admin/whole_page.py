"""The whole page of a finished simulation: rendered once for all who may do the same, filled in for each."""

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Model
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from simulations.admin.remembered import KEPT_S, release
from simulations.models import Simulation, SimulationStatus

WHO_TEMPLATE = "unfold/helpers/who.html"
# What of a request names its server; nothing else of it reaches a page that others get.
SERVER = ("SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "HTTP_HOST")
# Of many that open a page at the same time, one renders it; the others wait for that.
_rendering = threading.Lock()

Context = dict[str, Any]
Content = Sequence[bytes | str]


class Anyone:
    """Stands for all who have the same permissions: says what they may do, and can't say who they are.

    ``pk`` is that of a simulation's owner where it stands for that one, else None.
    """

    is_authenticated = is_active = is_staff = True
    is_anonymous = False

    def __init__(self, user: User, owner_id: int | None) -> None:
        self.pk = owner_id if user.pk == owner_id else None
        self.is_superuser = user.is_superuser
        self.permissions = frozenset() if user.is_superuser else frozenset(user.get_all_permissions())
        self.has_usable_password = user.has_usable_password()

    def has_perm(self, permission: str, _: object = None) -> bool:
        return self.is_superuser or permission in self.permissions

    def has_perms(self, permissions: Iterable[str], _: object = None) -> bool:
        return all(map(self.has_perm, permissions))

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_superuser or any(one.partition(".")[0] == app_label for one in self.permissions)

    def known_by(self) -> tuple[Any, ...]:
        """Return all by which a page for this one can differ from a page for another."""
        return (self.pk, self.is_superuser, sorted(self.permissions), self.has_usable_password)


class Slots(NamedTuple):
    """What is filled in for each person; while a page is rendered, marks stand there that nobody guesses."""

    token: str
    person: str
    who: str


class WholePage:
    """The page of a finished simulation as one person gets it."""

    def __init__(self, request: HttpRequest, simulation: Simulation, user: User) -> None:
        self._request, self._user = request, user
        self._anyone = Anyone(user, simulation.asked_by_id)
        self._server = {name: request.META[name] for name in SERVER if name in request.META}
        shown = (
            release(),
            self._anyone.known_by(),
            (self._server, request.get_host(), request.path),
            (_values(simulation), str(simulation.asked_by), _values(simulation.event)),
        )
        self._key = f"whole-page:{_hash(shown)}"
        get_token(request)  # the page's forms are sent with it
        person = (user.pk, user.get_username(), user.get_full_name(), user.email)
        self.etag = f'"{_hash((self._key, person, request.META["CSRF_COOKIE"]))[:32]}"'

    def content(self, context_for: Callable[[HttpRequest], Context | None], template: str) -> bytes | None:
        """Return the page, rendered where it isn't remembered; None where ``context_for`` has no context.

        ``context_for`` gets a request in the place of this person's, with nothing in it by which one could
        tell them from others with the same permissions.
        """
        if (parts := cache.get(self._key)) is None:
            with _rendering:
                if (parts := cache.get(self._key)) is None:
                    if (context := context_for(self._without_person())) is None:
                        return None
                    parts = self._render(template, context)
                    cache.set(self._key, parts, KEPT_S)
        return self._filled_in(parts)

    def _without_person(self) -> HttpRequest:
        request = HttpRequest()
        request.method, request.path, request.path_info = "GET", self._request.path, self._request.path_info
        request.resolver_match = self._request.resolver_match
        request.META = dict(self._server)
        request.user = self._anyone  # type: ignore[assignment]  # it answers what pages ask of users
        return request

    def _render(self, template: str, context: Context) -> Content:
        """Return the page in parts: as it is for everyone, and between these the names of slots."""
        marks = Slots(*(secrets.token_hex(16) for _ in Slots._fields))
        request = context["request"]
        html = render_to_string(template, {**context, "csrf_token": marks.token, "slots": marks}, request)
        names = dict(zip(marks, Slots._fields, strict=True))
        return tuple(names.get(part) or part.encode() for part in re.split(f"({'|'.join(marks)})", html))

    def _filled_in(self, parts: Content) -> bytes:
        filling = Slots(
            token=get_token(self._request),
            person=str(self._user.pk),
            who=render_to_string(WHO_TEMPLATE, {"user": self._user}),
        )
        filled = {name: text.encode() for name, text in filling._asdict().items()}
        return b"".join(filled[part] if isinstance(part, str) else part for part in parts)


def whole_page(request: HttpRequest, simulation: Simulation) -> WholePage | None:
    """Return the page that this person gets of a simulation; None where it may change by itself."""
    if simulation.status != SimulationStatus.COMPLETED or len(messages.get_messages(request)):
        return None
    assert isinstance(request.user, User)
    return WholePage(request, simulation, request.user)


def _values(row: Model | None) -> list[tuple[str, Any]] | None:
    """Return what is loaded of a row: what is left out, a simulation's digest stands for."""
    if row is None:
        return None
    columns = [field.attname for field in row._meta.concrete_fields]
    return [(column, row.__dict__[column]) for column in columns if column in row.__dict__]


def _hash(shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()
