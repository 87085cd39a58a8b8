"""Addresses of the contact gate: contacts in progress, its rules, days off, trying it out."""

from django.urls import path

from collection.views import contact_rules, gate, gate_trials

urlpatterns = [
    path("reserved/", gate.reserved, name="reserved"),
    path("reserved/<uuid:uid>/give-up/", gate.give_up, name="give-up"),
    path("rules/", contact_rules.page, name="rules"),
    path("rules/<str:place>/<slug:rule>/", contact_rules.change, name="rule"),
    path("days-off/", contact_rules.days_off, name="days-off"),
    path("simulator/", gate_trials.simulator, name="simulator"),
    path("replay/", gate_trials.replayed, name="replay"),
]
