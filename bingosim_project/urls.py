"""Addresses of the web application."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from bingosim_project.signing_in import here
from bingosim_project.views import log_out

# Here rather than when Django starts: commands and workers have no pages, and start a third sooner without.
admin.autodiscover()
admin.site.index_title = "Start"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    # Before the admin, whose own answers to buttons alone.
    path("admin/logout/", log_out),
    path("admin/here/", admin.site.admin_view(here), name="here"),
    path("admin/", admin.site.urls),
    path("", include("simulations.urls")),
]
