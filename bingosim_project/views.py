"""Pages that belong to no app."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse


def log_out(request: HttpRequest) -> HttpResponse:
    """Log out whoever presses the button, and ask who opens its address: Django answers them with nothing."""
    if request.method not in ("GET", "HEAD"):
        return admin.site.logout(request)
    if not request.user.is_authenticated:
        return redirect("admin:login")
    context = {**admin.site.each_context(request), "title": "Log out?"}
    return TemplateResponse(request, "registration/log_out.html", context)
