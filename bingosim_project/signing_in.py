"""Who may sign in, what the others read, and how a page finds out whether its reader is still signed in."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm

if TYPE_CHECKING:
    from django.contrib.admin.forms import AdminAuthenticationForm as AuthenticationForm
else:  # unfold has no types
    AuthenticationForm = UnfoldAuthenticationForm

NOT_STAFF = (
    "The password is right, but this account may not use these pages: it lacks “Staff status”. "
    "Ask an administrator of this site to set it."
)
CLOSED = "The password is right, but this account is closed: ask an administrator of this site to open it."


class SignInForm(AuthenticationForm):
    """Tells apart a wrong password, and an account that may not enter."""

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse who may not use the admin, and say so: the password was right."""
        if not user.is_active:
            raise ValidationError(CLOSED, code="inactive")
        if not user.is_staff:
            raise ValidationError(NOT_STAFF, code="no_access")

    def get_invalid_login_error(self) -> ValidationError:
        """Say what is wrong: Django takes the right password of a closed account for a wrong one."""
        users = get_user_model()
        try:
            user = users._default_manager.get_by_natural_key(self.cleaned_data["username"])
        except users.DoesNotExist:
            return super().get_invalid_login_error()
        if not user.is_active and user.check_password(self.cleaned_data["password"]):
            return ValidationError(CLOSED, code="inactive")
        return super().get_invalid_login_error()


@never_cache
def here(request: HttpRequest) -> JsonResponse:
    """Say who is signed in, with a token for their forms; `TellsWhoIsSignedOut` answers who is not."""
    return JsonResponse({"user": str(request.user.pk), "token": get_token(request)})
