"""Users and groups, in the admin's look; who may not change accounts does not see them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from events.admin.forms import WatchedForm
from events.admin.watched import WatchedAdmin

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:  # generic in the type stubs only
    ModelForm = forms.ModelForm


class _Searched:
    """Chooses groups and permissions in a field that searches: two lists side by side need a wide window."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = UnfoldAdminSelect2MultipleWidget
        field = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        # Unfold takes it for a plain list and writes over what its own script finds it by.
        field.widget.attrs["class"] = "unfold-admin-autocomplete admin-autocomplete"
        # Django's says how to choose several in a plain list.
        field.help_text = db_field.help_text
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        # Without the menu beside it, which keys can't open: its one entry adds a group.
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class WatchedUserForm(WatchedForm, UserChangeForm):
    """An account's form, of which two people don't overwrite each other's changes."""


class WatchedGroupForm(WatchedForm, ModelForm):
    """A group's form, of which two people don't overwrite each other's changes."""


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(_Searched, DjangoUserAdmin, WatchedAdmin):  # type: ignore[misc]  # the stubs differ
    """People who sign in."""

    filter_horizontal = ()
    # Signing in writes the one, signing up the other.
    readonly_fields = ("last_login", "date_joined")
    form = WatchedUserForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        user = form.instance
        if user.is_active and not user.is_staff:
            told = f"{user} can't sign in here: that takes the tick “Staff status”."
            self.message_user(request, told, messages.WARNING)

    def can_be_added_anew(self, request: HttpRequest) -> bool:
        # A new account's form asks for a password, and for little else.
        return False

    # Django's own, with one for what newcomers need: the tick that lets them in, and their group.
    add_fieldsets = (
        *DjangoUserAdmin.add_fieldsets,
        (
            "What they may do",
            {
                "fields": ("is_staff", "groups"),
                "description": "Tick “Staff status”: without it nobody gets into these pages. The group "
                "organiser configures events and runs simulations, analyst runs simulations of all events "
                "and reads them, viewer reads.",
            },
        ),
    )


@admin.register(Group)
class GroupAdmin(_Searched, DjangoGroupAdmin, WatchedAdmin):  # type: ignore[misc]  # the stubs differ
    """What people may do, by the groups that they are in."""

    form = WatchedGroupForm
    fieldsets = ((None, {"fields": ("name", "permissions")}),)
    filter_horizontal = ()
    list_display = ("name",)
    search_fields = ("name",)
