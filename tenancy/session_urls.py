"""Addresses that the frame needs: signing in and out, language, tasks in progress."""

from django.urls import path

from tenancy.views import jobs, session

urlpatterns = [
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-in/code/", session.sign_in_code, name="sign-in-code"),
    path("sign-out/", session.sign_out_view, name="sign-out"),
    path("language/", session.language, name="language"),
    path("jobs/", jobs.jobs, name="jobs"),
]
