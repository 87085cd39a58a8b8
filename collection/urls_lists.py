"""Addresses of what lists are asked and marked with: search, tags, saved views, counts."""

from django.urls import path

from collection.views import search

urlpatterns = [
    path("search/", search.results, name="search"),
    path("search/quick/", search.quick, name="search-quick"),
]
