"""What is refused, or told, before any page is asked."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.urls import Resolver404, resolve, reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme

SIGNED_OUT = "You had been signed out when you sent the form, so nothing was saved."
NO_ACCESS = (
    "You are signed in as {user}, but this account may not use these pages: it lacks “Staff status”. Ask an "
    "administrator of this site to set it, or sign in with another account."
)
RESTORED = "This is what you had filled in. Nothing of it is saved yet: look it over, and send it again."
FILE_AGAIN = " A file can't be kept: choose it again."


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
    """Tells people whose session has ended, or who have no access, why they are asked to sign in."""

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Leave a message for the page that asks to sign in; answer scripts with 401."""
        if not request.path.startswith(reverse("admin:index")):
            return None
        may_enter = admin.site.has_permission(request)
        if request.path == reverse("admin:login"):
            if request.method == "GET" and request.user.is_authenticated and not may_enter:
                messages.error(request, NO_ACCESS.format(user=request.user))
        elif request.path == reverse("admin:logout"):
            return None
        elif not may_enter and asked_by_script(request):
            return HttpResponse("You are signed out.", status=401, content_type="text/plain")
        elif request.method == "POST" and not request.user.is_authenticated:
            messages.warning(request, SIGNED_OUT)
            return redirect_to_login(_page_of_form(request), reverse("admin:login"))
        elif request.method == "POST":
            self._tell_of_form(request)
        return None

    @staticmethod
    def _tell_of_form(request: HttpRequest) -> None:
        # A page that takes the form of something deleted says more itself.
        if (restored := request.POST.get("restored")) and "lost" not in request.GET:
            messages.info(request, RESTORED + (FILE_AGAIN if restored == "file" else ""))


def _page_of_form(request: HttpRequest) -> str:
    """Return where somebody sent a form from: what takes it may be no page to come back to."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}):
        return request.get_full_path()
    address = urlsplit(referrer)
    return f"{address.path}?{address.query}" if address.query else address.path


def asked_by_script(request: HttpRequest) -> bool:
    """Say whether a script of a page asks, not somebody who opens an address or sends a form."""
    by = request.headers.get("X-Requested-With")
    return by in ("fetch", "XMLHttpRequest") or "HX-Request" in request.headers
