"""Addresses of the book that need nothing of upper rooms; config.urls has them under cases/."""

from django.urls import path

from cases.views import balances, import_page, imports, overpaid, schemes, suspense

urlpatterns = [
    path("balances/", balances.balances, name="balances"),
    path("buckets/", schemes.page, name="buckets"),
    path("buckets/change/", schemes.change, name="buckets-change"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/<uuid:uid>/", import_page.page, name="import"),
    path("imports/<uuid:uid>/progress/", import_page.progress, name="import-progress"),
    path("imports/<uuid:uid>/rejects.csv", import_page.rejects, name="import-rejects"),
    path("imports/<uuid:uid>/differences.csv", import_page.differences, name="import-differences"),
    path("imports/<uuid:uid>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<uuid:uid>/discard/", imports.discard, name="import-discard"),
    path("overpaid/", overpaid.overpaid, name="overpaid"),
    path("suspense/", suspense.suspense, name="suspense"),
    path("suspense/<uuid:uid>/match/", suspense.match, name="suspense-match"),
]
