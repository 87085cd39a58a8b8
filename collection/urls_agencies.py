"""Placing and recalling chosen cases stand among the addresses of outsourcing."""

from django.urls import path

from collection.views import placing

urlpatterns = [
    path("place/", placing.place, name="place"),
    path("recall/", placing.recall, name="recall"),
]
