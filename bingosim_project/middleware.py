"""What is refused, or told, before any page is asked."""

from urllib.parse import unquote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.urls import Resolver404, resolve, reverse
from django.utils.deprecation import MiddlewareMixin

SIGNED_OUT = "You had been signed out when you sent the form, so nothing was saved: please fill it in again."


class ServesMonitoring(MiddlewareMixin):
    """Answers those who watch the application at a port of their own, and tells nothing else there.

    They address a container by its number or its service's name, which is no host that is served: nothing
    that follows, and would look at it, is asked.
    """

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer what was asked at the port for monitoring, as the server tells it and no header could."""
        if request.META["SERVER_PORT"] != str(settings.METRICS_PORT):
            return None
        try:
            view, arguments, named = resolve(request.path_info, "simulations.monitoring_urls")
        except Resolver404:
            return HttpResponseNotFound(
                "Here are /healthz, /readyz and /metrics.\n", content_type="text/plain"
            )
        response: HttpResponse = view(request, *arguments, **named)
        return response


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
