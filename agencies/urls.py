"""Addresses of outsourcing. Placing and recalling chosen cases stand beside the list of cases."""

from django.urls import path

from agencies.views.packages import (
    accept,
    inbox,
    package_page,
    placements_page,
    recall_package,
)

urlpatterns = [
    path("", placements_page, name="placements"),
    path("inbox/", inbox, name="inbox"),
    path("packages/<uuid:uid>/", package_page, name="package"),
    path("packages/<uuid:uid>/accept/", accept, name="accept"),
    path("packages/<uuid:uid>/recall/", recall_package, name="recall-package"),
]
