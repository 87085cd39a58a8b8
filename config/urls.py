"""Every address Recoup answers."""

from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("tenancy.session_urls")),
    path("me/", include("tenancy.me_urls")),
    path("settings/", include("tenancy.urls")),
    # Last of what begins with api/: it answers the rest with 404 as JSON.
    path("api/", include("tenancy.api.urls")),
]
