"""Addresses of a person's own settings."""

from django.urls import path

from tenancy.views import me

app_name = "me"
urlpatterns = [
    path("", me.own_settings, name="settings"),
    path("password/", me.password, name="password"),
    path("second-factor/", me.second_factor, name="second-factor"),
    path("second-factor/off/", me.second_factor_off, name="second-factor-off"),
]
