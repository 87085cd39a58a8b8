"""Addresses of the promises' API; config.urls puts them under api/v1/promises/."""

from django.urls import path

from collection.api.promises import Promises

urlpatterns = [path("", Promises.as_view(), name="all")]
