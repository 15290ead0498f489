"""Signing in is slowed for who guesses, and says until when. docs/decisions/signing-in.md has the reasons."""

import logging
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from axes.conf import settings
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessLog
from django.core.exceptions import ValidationError
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.utils import timezone

# Wrong passwords until none is taken any more, in the order of `AXES_LOCKOUT_PARAMETERS`: for an account from
# one address, from that address for any account, for that account from any address.
MOST_BY_BOTH, MOST_BY_ADDRESS, MOST_BY_ACCOUNT = 5, 50, 100
# So long an address is remembered as one of an account's own, which others' guesses don't lock out.
KNOWN_FOR = timedelta(days=30)

logger = logging.getLogger(__name__)


class Throttle(AxesDatabaseHandler):
    """Counts wrong passwords with a limit for each way of counting, where axes has one for all."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return axes' limit where any of ours is reached."""
        return settings.AXES_FAILURE_LIMIT if self.locked_until(request, credentials) else 0

    def locked_until(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> datetime | None:
        """Return when signing in is possible again; None where it is."""
        last_ones = list(self._last_ones_at_limits(request, credentials))
        return max(last_ones) + settings.AXES_COOLOFF_TIME if last_ones else None

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """Remember the address, and forget those of long ago."""
        super().user_logged_in(sender, request, user, **kwargs)
        AccessLog.objects.filter(attempt_time__lt=timezone.now() - KNOWN_FOR).delete()

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Forget an account's wrong passwords from this address only.

        Who has an account would else get as many guesses at others' as he signs in between them.
        """
        count, _ = self.filter_user_attempts(request, credentials)[0].delete()
        return int(count)

    def _last_ones_at_limits(
        self, request: HttpRequest, credentials: dict[str, Any] | None
    ) -> Iterator[datetime]:
        """Yield the time of the last wrong password for each limit that is reached."""
        limits = (MOST_BY_BOTH, MOST_BY_ADDRESS, MOST_BY_ACCOUNT)
        counted = zip(limits, self.get_user_attempts(request, credentials), strict=True)
        for limit, attempts in counted:
            found = attempts.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
            if (found["failures"] or 0) < limit:
                continue
            if limit != MOST_BY_ACCOUNT or not _is_known(request, credentials):
                yield found["last"]


def _is_known(request: Any, credentials: dict[str, Any] | None) -> bool:
    """Say whether the account signed in from this address lately."""
    since = timezone.now() - KNOWN_FOR
    name = get_client_username(request, credentials)
    signed_in = AccessLog.objects.filter(username=name, ip_address=request.axes_ip_address)
    return bool(signed_in.filter(attempt_time__gte=since).exists())


def tell_of_lockout(
    request: HttpRequest, response: TemplateResponse, credentials: dict[str, Any] | None
) -> SimpleTemplateResponse:
    """Answer who is refused with the page that he came from, which says until when."""
    until = AxesProxyHandler.get_implementation().locked_until(request, credentials) or timezone.now()
    left_s = max(0.0, (until - timezone.now()).total_seconds())
    name, address = get_client_username(request, credentials), getattr(request, "axes_ip_address", None)
    logger.warning("signing in as %r from %s is refused for %.0f s", name, address, left_s)

    context = response.context_data or {}
    form = context["form"]
    form.errors.clear()
    form.add_error(None, ValidationError(_refusal(until, left_s)))
    page = TemplateResponse(request, response.template_name, context, status=429)
    page.headers["Retry-After"] = str(math.ceil(left_s))
    return page.render()


def _refusal(until: datetime, left_s: float) -> str:
    minutes = max(1, math.ceil(left_s / 60))
    # A minute that has begun is not over.
    shown = until + timedelta(minutes=1)
    return (
        "There were too many wrong passwords. Signing in is possible again "
        f"in {minutes} {'minute' if minutes == 1 else 'minutes'}, at {shown:%H:%M} UTC; "
        "an administrator of this site can unlock it before."
    )


def who(username: str | None, ip_address: str | None, *_: object) -> str:
    """Say in a log line who tries to sign in; a name that is no name can't end the line."""
    return f"{username!r} from {ip_address}"
