"""Addresses of what lists are asked and marked with: search, tags, saved views, counts."""

from django.urls import path

from collection.views import counts, search

urlpatterns = [
    path("counts/", counts.counts, name="counts"),
    path("search/", search.results, name="search"),
    path("search/quick/", search.quick, name="search-quick"),
]
