"""Addresses of people, teams, company, records and tokens."""

from django.urls import path

from tenancy.views import company, people, records, teams, tokens

app_name = "tenancy"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="people-new"),
    path("people/<uuid:uid>/", people.edit, name="people-edit"),
    path("people/<uuid:uid>/password/", people.reset_password, name="people-password"),
    path(
        "people/<uuid:uid>/second-factor/",
        people.drop_second_factor,
        name="people-second-factor",
    ),
    path("people/<uuid:uid>/deactivate/", people.deactivate, name="people-deactivate"),
    path("people/<uuid:uid>/reactivate/", people.reactivate, name="people-reactivate"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new, name="team-new"),
    path("teams/<uuid:uid>/", teams.team, name="team"),
    path("company/", company.company, name="company"),
    path("company/names/", company.save_identity, name="company-names"),
    path("company/access/", company.save_access, name="company-access"),
    path("audit/", records.audit, name="audit"),
    path("sign-ins/", records.sign_in_log, name="sign-in-log"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.new, name="token-new"),
    path("tokens/<uuid:uid>/revoke/", tokens.revoke, name="token-revoke"),
]
