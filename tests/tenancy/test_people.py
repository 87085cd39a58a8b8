"""People on screen and by verb: who may, what is refused, what is kept."""

import base64
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from tenancy import events
from tenancy.events import PeopleChanged
from tenancy.grants import leads_of
from tenancy.models import AuditEntry, Company, Role, Team, User
from tenancy.people import (
    change_user,
    create_user,
    deactivate_user,
    new_password,
    reactivate_user,
    set_password,
)
from tenancy.scope import company_scope
from tests.seed import PASSWORD
from tests.tenancy.conftest import Person, SignedIn

LIST = "/settings/people/"
READERS = {"admin", "auditor", "lead", "lead2"}


def form_of(**changes: Any) -> dict[str, Any]:
    return {"display_name": "Nia New", "email": "", "roles": ["collector"]} | changes


def names(page: Any) -> list[str]:
    return [row.person.username for row in page.context["rows"]]


# The list ---------------------------------------------------------------------------------------


def test_admin_and_auditor_see_everybody(lender: Company, signed_in: SignedIn) -> None:
    for username in ("admin", "auditor"):
        page = signed_in(lender, username).get(LIST)
        assert len(names(page)) == 9
        assert "9 people" in page.content.decode()


def test_a_lead_sees_who_sits_in_own_teams(lender: Company, signed_in: SignedIn) -> None:
    page = signed_in(lender, "lead").get(LIST)
    assert sorted(names(page)) == ["collector", "collector2", "lead"]
    assert page.context["page_actions"] == []


def test_others_do_not(lender: Company, refused_to_others: Callable[..., None]) -> None:
    refused_to_others(lender, READERS, lambda client: client.get(LIST).status_code)


def test_nobody_sees_another_companys_people(
    lender: Company, agency: Company, signed_in: SignedIn
) -> None:
    with company_scope(agency):
        User.objects.filter(username="collector").update(display_name="Only In Agency")
    assert "Only In Agency" not in signed_in(lender, "admin").get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=cora", ["collector2"]),
        ("?q=collector2@HAIYUE", ["collector2"]),
        ("?role=finance&role=auditor", ["finance", "auditor"]),
        ("?q=zzz", []),
        ("?state=inactive", []),
        ("?q=%00zzz", []),
    ],
)
def test_the_list_is_searched_by_its_address(
    lender: Company, signed_in: SignedIn, query: str, found: list[str]
) -> None:
    page = signed_in(lender, "admin").get(LIST + query)
    assert names(page) == found
    if not found:
        assert page.context["empty"].title in page.content.decode()


def test_the_list_filters_by_team_and_counts_each_once(
    lender: Company, signed_in: SignedIn, team: Callable[[Company, str], Team]
) -> None:
    one, two = team(lender, "Team One"), team(lender, "Team Two")
    page = signed_in(lender, "admin").get(f"{LIST}?team={one.uid}&team={two.uid}")
    assert sorted(names(page)) == ["collector", "collector2", "collector3", "lead", "lead2"]
    assert [tab.count for tab in page.context["views"]] == ["5", "0"]


@pytest.mark.parametrize(
    "place",
    ["[null,null]", "[null]", '["a\\u0000b",1]', '["a",1e400]', "{}", "[" * 50_000, '["a",[1]]'],
)
def test_a_place_that_no_row_has_is_the_first_page(
    lender: Company, signed_in: SignedIn, place: str
) -> None:
    token = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
    client = signed_in(lender, "admin")
    for way in ("after", "before"):
        page = client.get(LIST, {way: token})
        assert (page.status_code, len(names(page))) == (200, 9)
    assert len(names(client.get(f"{LIST}?q=%00"))) == 9


def test_a_long_list_has_pages(lender: Company, signed_in: SignedIn) -> None:
    with company_scope(lender):
        User.objects.bulk_create(
            User(company=lender, username=f"p{n:03}", display_name="Same Name", roles=["collector"])
            for n in range(120)
        )
    client = signed_in(lender, "admin")
    seen: list[str] = []
    address = LIST
    while address:
        page = client.get(address)
        seen += names(page)
        address = page.context["pager"].next and LIST + page.context["pager"].next
    assert len(seen) == len(set(seen)) == 129
    back = client.get(LIST + page.context["pager"].previous)
    assert names(back) == seen[50:100]


# Adding -----------------------------------------------------------------------------------------


def test_an_admin_adds_a_person_who_signs_in_with_the_password_shown(
    lender: Company,
    signed_in: SignedIn,
    team: Callable[[Company, str], Team],
    audited: Callable[[Company], list[AuditEntry]],
) -> None:
    one = team(lender, "Team One")
    page = signed_in(lender, "admin").post(
        f"{LIST}new/",
        form_of(
            username="Nia.New",
            roles=["team_lead", "collector"],
            teams=[one.uid],
            leads=[one.uid],
            capacity="150",
        ),
    )
    password = page.context["password"]
    assert password in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    entry = audited(lender)[0]
    assert (entry.verb, entry.actor_name) == ("create_user", "Ada Admin")
    assert entry.after["teams"] == entry.after["leads"] == ["Team One"]
    assert password not in str(entry.after)
    client = Client()
    client.post("/sign-in/", {"login": "nia.new@HAIYUE", "password": password})
    assert client.get("/me/").headers["Location"] == "/me/password/"
    with company_scope(lender):
        nia = User.objects.get(username="nia.new")
        assert (nia.capacity, nia.roles) == (150, ["team_lead", "collector"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "collector"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "a@b"}, "username"),
        ({"username": "ok", "display_name": ""}, "display_name"),
        ({"username": "ok", "roles": []}, "roles"),
        ({"username": "ok", "roles": ["king"]}, "roles"),
        ({"username": "ok", "email": "nope"}, "email"),
        ({"username": "ok", "capacity": "-1"}, "capacity"),
        ({"username": "ok", "teams": [str(uuid.uuid4())]}, "teams"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_stays_typed(
    lender: Company, signed_in: SignedIn, wrong: dict[str, Any], field: str
) -> None:
    page = signed_in(lender, "admin").post(f"{LIST}new/", form_of(**{"email": "a@b.cn"} | wrong))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    if "display_name" not in wrong:
        assert "Nia New" in page.content.decode()
    with company_scope(lender):
        assert User.objects.count() == 9


def test_a_team_of_another_company_is_no_choice(
    lender: Company, agency: Company, signed_in: SignedIn, team: Callable[[Company, str], Team]
) -> None:
    theirs = team(agency, "Team One")
    page = signed_in(lender, "admin").post(
        f"{LIST}new/", form_of(username="nia", teams=[theirs.uid])
    )
    assert list(page.context["form"].errors) == ["teams"]


def test_only_admins_add(lender: Company, refused_to_others: Callable[..., None]) -> None:
    refused_to_others(lender, {"admin"}, lambda client: client.get(f"{LIST}new/").status_code)
    form = form_of(username="nia")
    refused_to_others(
        lender, {"admin"}, lambda client: client.post(f"{LIST}new/", form).status_code
    )


def test_passwords_made_here_are_strong_and_differ() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 19 and not set(each) & set("0O1lI") for each in made)


# Changing ---------------------------------------------------------------------------------------


def test_an_admin_changes_roles_teams_and_limit(
    lender: Company,
    signed_in: SignedIn,
    person: Person,
    team: Callable[[Company, str], Team],
    audited: Callable[[Company], list[AuditEntry]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[Any] = []
    monkeypatch.setitem(events._listeners, PeopleChanged, (heard.append,))
    chen, two = person(lender, "collector"), team(lender, "Team Two")
    answer = signed_in(lender, "admin").post(
        f"{LIST}{chen.uid}/",
        form_of(
            display_name="Chen Lead",
            roles=["team_lead"],
            teams=[two.uid],
            leads=[two.uid],
            capacity="",
        ),
    )
    assert answer.headers["Location"] == f"{LIST}{chen.uid}/"
    with company_scope(lender):
        saved = User.objects.get(pk=chen.pk)
        assert saved.has_perm("lead_team", two)
        assert [m.team.name for m in saved.memberships.select_related("team")] == ["Team Two"]
    entry = audited(lender)[0]
    assert entry.before == {
        "display_name": "Chen Collector",
        "roles": ["collector"],
        "teams": ["Team One"],
        "leads": [],
    }
    assert entry.after["leads"] == ["Team Two"]
    assert heard == [PeopleChanged(user_ids=(chen.pk,))]


def test_saving_what_stands_leaves_no_entry(
    lender: Company,
    signed_in: SignedIn,
    person: Person,
    team: Callable[[Company, str], Team],
    audited: Callable[[Company], list[AuditEntry]],
) -> None:
    chen, one = person(lender, "collector"), team(lender, "Team One")
    signed_in(lender, "admin").post(
        f"{LIST}{chen.uid}/", form_of(display_name="Chen Collector", teams=[one.uid])
    )
    assert audited(lender) == []


def test_teams_led_go_with_the_role(
    lender: Company, signed_in: SignedIn, person: Person, team: Callable[[Company, str], Team]
) -> None:
    liu, one = person(lender, "lead"), team(lender, "Team One")
    signed_in(lender, "admin").post(
        f"{LIST}{liu.uid}/", form_of(roles=["collector"], teams=[one.uid], leads=[one.uid])
    )
    with company_scope(lender):
        assert list(leads_of(liu)) == []
        assert not User.objects.get(pk=liu.pk).has_perm("lead_team", one)


def test_readers_read_and_do_not_write(
    lender: Company, signed_in: SignedIn, person: Person
) -> None:
    chen, cai = person(lender, "collector"), person(lender, "collector3")
    for username in ("auditor", "lead"):
        client = signed_in(lender, username)
        page = client.get(f"{LIST}{chen.uid}/")
        assert page.status_code == 200
        assert all(field.disabled for field in page.context["form"].fields.values())
        assert client.post(f"{LIST}{chen.uid}/", form_of()).status_code == 403
    assert signed_in(lender, "lead").get(f"{LIST}{cai.uid}/").status_code == 404
    assert signed_in(lender, "collector").get(f"{LIST}{chen.uid}/").status_code == 403


ACTS = ("", "password/", "second-factor/", "deactivate/", "reactivate/")


@pytest.mark.parametrize("act", ACTS)
def test_a_strangers_uid_is_404(
    lender: Company, agency: Company, signed_in: SignedIn, person: Person, act: str
) -> None:
    admin = signed_in(lender, "admin")
    for uid in (person(agency, "collector").uid, uuid.uuid4()):
        assert admin.post(f"{LIST}{uid}/{act}", form_of()).status_code == 404
    with company_scope(agency):
        assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("act", ACTS[1:])
def test_acts_are_posted_by_admins_to_others(
    lender: Company,
    signed_in: SignedIn,
    person: Person,
    refused_to_others: Callable[..., None],
    act: str,
) -> None:
    address = f"{LIST}{person(lender, 'collector').uid}/{act}"
    assert signed_in(lender, "admin").get(address).status_code == 405
    own = f"{LIST}{person(lender, 'admin').uid}/{act}"
    assert signed_in(lender, "admin").post(own).status_code == 403
    refused_to_others(lender, {"admin"}, lambda client: client.post(address).status_code)


# Own roles, the last admin, passwords, leaving ---------------------------------------------------


def test_nobody_changes_the_own_roles(lender: Company, signed_in: SignedIn, person: Person) -> None:
    ada = person(lender, "admin")
    answer = signed_in(lender, "admin").post(
        f"{LIST}{ada.uid}/", form_of(display_name="Ada A.", roles=["collector"])
    )
    assert answer.status_code == 302
    with company_scope(lender):
        saved = User.objects.get(pk=ada.pk)
        assert (saved.display_name, saved.roles) == ("Ada A.", ["company_admin"])
        with pytest.raises(PermissionDenied):
            change_user(
                company=lender,
                user=saved,
                display_name="Ada",
                roles=["company_admin", "finance"],
                teams=[],
                leads=[],
                capacity=None,
                by=saved,
            )
        with pytest.raises(PermissionDenied):
            deactivate_user(company=lender, user=saved, by=saved)


def test_the_last_active_admin_stays(lender: Company, person: Person) -> None:
    ada, otto = person(lender, "admin"), person(lender, "auditor")
    with company_scope(lender):
        with pytest.raises(ValidationError, match="last active company admin"):
            deactivate_user(company=lender, user=ada, by=otto)
        with pytest.raises(ValidationError, match="last active company admin"):
            change_user(
                company=lender,
                user=ada,
                display_name="Ada",
                roles=["auditor"],
                teams=[],
                leads=[],
                capacity=None,
                by=otto,
            )
        saved = User.objects.get(pk=ada.pk)
        assert saved.is_active
        assert saved.roles == [Role.COMPANY_ADMIN]


def test_an_inactive_admin_does_not_count_as_the_other_one(lender: Company, person: Person) -> None:
    ada, otto = person(lender, "admin"), person(lender, "auditor")
    with company_scope(lender):
        second = create_user(
            company=lender,
            username="ada2",
            display_name="Ada Two",
            password=None,
            roles=["company_admin"],
            by=None,
        )
        deactivate_user(company=lender, user=second, by=otto)
        with pytest.raises(ValidationError, match="last active company admin"):
            deactivate_user(company=lender, user=ada, by=otto)
        reactivate_user(company=lender, user=second, by=otto)
        deactivate_user(company=lender, user=ada, by=second)


def test_who_is_deactivated_is_out_at_once_and_back_again(
    lender: Company, signed_in: SignedIn, person: Person
) -> None:
    chen, inside = person(lender, "collector"), signed_in(lender, "collector")
    admin = signed_in(lender, "admin")
    assert admin.post(f"{LIST}{chen.uid}/deactivate/").status_code == 302
    assert inside.get("/me/").status_code == 302
    assert names(admin.get(f"{LIST}?state=inactive")) == ["collector"]
    assert admin.post(f"{LIST}{chen.uid}/reactivate/").status_code == 302
    assert signed_in(lender, "collector").get("/me/").status_code == 200


def test_a_new_password_by_an_admin_ends_sessions_and_must_be_changed(
    lender: Company,
    signed_in: SignedIn,
    person: Person,
    audited: Callable[[Company], list[AuditEntry]],
) -> None:
    chen, inside = person(lender, "collector"), signed_in(lender, "collector")
    page = signed_in(lender, "admin").post(f"{LIST}{chen.uid}/password/")
    fresh = page.context["password"]
    assert fresh in page.content.decode()
    assert inside.get("/me/").status_code == 302
    entry = audited(lender)[0]
    assert (entry.verb, entry.after) == ("reset_password", {"must_change_password": True})
    client = Client()
    client.post("/sign-in/", {"login": "collector@HAIYUE", "password": fresh})
    assert client.get("/me/").headers["Location"] == "/me/password/"


def test_a_weak_password_is_refused_by_the_verb(lender: Company, person: Person) -> None:
    chen = person(lender, "collector")
    with company_scope(lender):
        with pytest.raises(ValidationError, match="too short"):
            set_password(company=lender, user=chen, password="short", by=None)
        assert User.objects.get(pk=chen.pk).check_password(PASSWORD)
