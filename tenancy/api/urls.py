"""Addresses of the API that belong to no upper room. Included last: the rest of /api/ is 404."""

from django.urls import path, re_path

from tenancy.api import schema  # noqa: F401 makes the description know tokens
from tenancy.api.views import Me, Nowhere, Schema

app_name = "api"
urlpatterns = [
    path("v1/me/", Me.as_view(), name="me"),
    path("schema/", Schema.as_view(), name="schema"),
    re_path("", Nowhere.as_view(), name="nowhere"),
]
