"""All that is answered at the port for monitoring, which nothing publishes."""

from django.urls import path

from simulations import urls, views

urlpatterns = [*urls.urlpatterns, path("metrics", views.metrics, name="metrics")]
