"""Addresses of what lists are asked and marked with: search, tags, saved views, counts."""

from django.urls import path

from collection.views import case_tags, counts, saved_views, search, tags

urlpatterns = [
    path("counts/", counts.counts, name="counts"),
    path("views/", saved_views.views, name="views"),
    path("views/new/", saved_views.new, name="view-new"),
    path("views/<uuid:uid>/", saved_views.change, name="view"),
    path("tags/", tags.tags, name="tags"),
    path("tags/new/", tags.new, name="tag-new"),
    path("tags/rule/", tags.rule, name="tag-rule"),
    path("tags/<uuid:uid>/", tags.change, name="tag"),
    path("cases/<uuid:uid>/tag/", case_tags.case_tag, name="case-tag"),
    path("search/", search.results, name="search"),
    path("search/quick/", search.quick, name="search-quick"),
]
