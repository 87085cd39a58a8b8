"""Every address Recoup answers."""

from django.urls import include, path

from agencies import urls as agencies
from cases import urls as book
from cases.api import urls as feeds_api
from collection import urls_agencies, urls_cases, urls_contact
from collection.api import urls as contacts_api
from collection.api import urls_promises as promises_api
from collection.views.home import home
from config.health import healthz

# A namespace is a job on the screen, not a room: two rooms may have addresses in one.
CASES = [*urls_cases.urlpatterns, *book.urlpatterns]
AGENCIES = [*agencies.urlpatterns, *urls_agencies.urlpatterns]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", home, name="home"),
    path("", include("tenancy.session_urls")),
    path("me/", include("tenancy.me_urls")),
    path("work/", include("collection.urls")),
    path("cases/", include((CASES, "cases"))),
    path("contact/", include((urls_contact.urlpatterns, "contact"))),
    path("agencies/", include((AGENCIES, "agencies"))),
    path("settings/", include("tenancy.urls")),
    path("api/v1/feeds/", include((feeds_api.urlpatterns, "feeds"))),
    path("api/v1/contacts/", include((contacts_api.urlpatterns, "contacts"))),
    path("api/v1/promises/", include((promises_api.urlpatterns, "promises"))),
    # Last of what begins with api/: it answers the rest with 404 as JSON.
    path("api/", include("tenancy.api.urls")),
]
