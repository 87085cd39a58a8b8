"""Addresses of what lists are asked and marked with: search, tags, saved views, counts."""

from django.urls import path

from collection.views import counts, saved_views, search

urlpatterns = [
    path("counts/", counts.counts, name="counts"),
    path("views/", saved_views.views, name="views"),
    path("views/new/", saved_views.new, name="view-new"),
    path("views/<uuid:uid>/", saved_views.change, name="view"),
    path("search/", search.results, name="search"),
    path("search/quick/", search.quick, name="search-quick"),
]
