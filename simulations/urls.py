"""Addresses for those who operate the application: where everybody is served, without its figures."""

from django.urls import path

from simulations import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
