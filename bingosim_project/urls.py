"""Addresses of the web application."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.site.index_title = "Start"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("", include("simulations.urls")),
]
