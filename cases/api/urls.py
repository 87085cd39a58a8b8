"""Addresses of the book's API; config.urls puts them under api/v1/feeds/."""

from django.urls import path

from cases.api.feeds import Feeds, Runs

urlpatterns = [
    path("runs/<uuid:uid>/", Runs.as_view(), name="run"),
    path("<slug:kind>/", Feeds.as_view(), name="send"),
]
