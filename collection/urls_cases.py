"""The list of cases stands among the addresses of the book, though it knows about desks."""

from django.urls import path

from collection.views import listing

urlpatterns = [path("", listing.cases, name="list")]
