"""Addresses of the company's result codes."""

from django.urls import path

from collection.views import dispositions

urlpatterns = [
    path("dispositions/", dispositions.dispositions, name="dispositions"),
    path("dispositions/<slug:code>/", dispositions.disposition, name="disposition"),
]
