"""Addresses of the gate's API; config.urls puts them under api/v1/contacts/."""

from django.urls import path

from collection.api.contacts import Ask, Reserve, Settle

urlpatterns = [
    path("", Reserve.as_view(), name="reserve"),
    path("ask/", Ask.as_view(), name="ask"),
    path("<uuid:uid>/settle/", Settle.as_view(), name="settle"),
]
