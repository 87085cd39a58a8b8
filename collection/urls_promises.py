"""Addresses of promises: the list, the kept rate, taking and withdrawing one."""

from django.urls import path

from collection.views import kept_rate, promise_acts, promises

urlpatterns = [
    path("promises/", promises.promises, name="promises"),
    path("promises/kept/", kept_rate.kept_rate, name="kept-rate"),
    path("promises/<uuid:uid>/withdraw/", promise_acts.withdraw, name="promise-withdraw"),
    path("cases/<uuid:uid>/promise/", promise_acts.take, name="promise"),
]
