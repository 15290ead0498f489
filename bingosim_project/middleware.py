"""What is refused, or told, before any page is asked."""

from urllib.parse import unquote

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

SIGNED_OUT = "You had been signed out when you sent the form, so nothing was saved: please fill it in again."


class RefusesNul(MiddlewareMixin):
    """Answers 400 to addresses with the character NUL, which PostgreSQL can't be asked for."""

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Refuse the request: Django makes a page of what is raised here."""
        if "\x00" in request.path or "\x00" in unquote(request.META.get("QUERY_STRING", "")):
            raise BadRequest("An address can't have the character NUL.")


class TellsWhoIsSignedOut(MiddlewareMixin):
    """Tells people whose session has ended what became of a form that they sent: Django asks to sign in."""

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Leave a message for the page that asks to sign in."""
        if request.method != "POST" or request.user.is_authenticated:
            return
        doors = (reverse("admin:login"), reverse("admin:logout"))
        if request.path.startswith(reverse("admin:index")) and request.path not in doors:
            messages.warning(request, SIGNED_OUT)
