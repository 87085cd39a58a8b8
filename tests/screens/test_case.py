"""The page of a case: what it shows, the note, the look at a number, and the way through a list."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Placement
from cases.models import Case, CaseEvent, CaseHold, ContactPoint, Instalment, Loan
from collection.models import Assignment, ContactTry, Note, Remark
from tenancy.models import Company, User
from tenancy.scope import company_scope
from tests.collection.book import ON, add_case
from tests.collection.test_gate import at
from tests.screens.test_ladder import case_url
from tests.screens.world import World, give

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]
TYPED = {
    "disposition": "callback",
    "remark": "Call after two, on the office line.",
    "next_action": "Call back",
    "next_action_at": "2099-11-21 10:00",
}


def page_of(client: Client, case: Case, query: str = "") -> str:
    answer = client.get(case_url(case) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def notes_of(company: Company, case: Case) -> list[Note]:
    with company_scope(company):
        return list(Note.objects.filter(case=case).order_by("pk"))


def test_the_page_shows_the_case_masked(world: World, signed_in: SignIn) -> None:
    page = page_of(signed_in(world.lender, "collector"), world.mine[0])
    assert "MINE-3" in page
    assert "1,000.00" in page
    assert "3 days past due" in page
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=world.mine[0].borrower)
    assert point.number_mask in page
    assert point.number_sealed not in page
    assert "Recall" not in page, "a collector recalls nothing"
    assert "Place with an agency" not in page
    assert "Reassign" not in page


def test_j_and_k_lead_through_the_list(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    row = client.get(reverse("work:queue") + "?bucket=S1").context["rows"][1]
    place = client.get(row.href).context["place"]
    assert place.position == "2 / 3"
    assert case_url(world.mine[0]) in place.previous
    assert case_url(world.mine[2]) in place.next
    assert place.back == "/work/?bucket=S1"
    assert client.get(place.next).context["place"].position == "3 / 3"


def test_the_list_of_cases_has_neighbours_too(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "admin")
    rows = client.get(reverse("cases:list") + "?sort=-dpd").context["rows"]
    seen = [client.get(rows[1].href).context["place"]][0]
    assert rows[0].uid in seen.previous
    assert rows[2].uid in seen.next
    assert seen.back == "/cases/?sort=-dpd"


def test_a_note_leads_to_the_next_case(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    first, second = world.mine[:2]
    url = case_url(first, "work:note") + "?list=queue&bucket=S1"
    answer = client.post(url, TYPED | {"then": "next"}, follow=True)
    assert answer.redirect_chain == [(f"{case_url(second)}?list=queue&bucket=S1", 302)]
    page = answer.content.decode()
    assert "Note saved: MINE-3." in page
    assert f'data-rc-told="saved-{first.uid}"' in page
    (note,) = notes_of(world.lender, first)
    assert (note.disposition, note.author_name) == ("callback", "Chen Collector")
    with company_scope(world.lender):
        assert Remark.objects.get(note=note).text == TYPED["remark"]
        desk = Assignment.objects.get(case=first, ended_at=None)
        assert desk.next_action_at.isoformat() == "2099-11-21T02:00:00+00:00"
        assert desk.last_touch_by_name == "Chen Collector"
    assert TYPED["remark"] in page_of(client, first)


def test_the_last_note_leads_back_to_the_list(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    answer = client.post(
        case_url(world.mine[2], "work:note"), TYPED | {"then": "next"}, follow=True
    )
    assert answer.redirect_chain == [(reverse("work:queue"), 302)]
    assert "That was the last case of the list." in answer.content.decode()


def test_a_form_sent_twice_is_one_note(world: World, signed_in: SignIn) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    sent = TYPED | {
        "then": "stay",
        "form_key": str(client.get(case_url(case)).context["form"]["form_key"].value()),
    }
    url = case_url(case, "work:note")
    first, second = client.post(url, sent), client.post(url, sent)
    assert (first.status_code, first.headers["Location"]) == (302, second.headers["Location"])
    assert len(notes_of(world.lender, case)) == 1
    assert client.post(url, sent | {"remark": "She called back."}).status_code == 302
    assert len(notes_of(world.lender, case)) == 2, "other words are another note"
    other = client.get(case_url(case)).context["form"]["form_key"].value()
    assert client.post(url, sent | {"form_key": str(other)}).status_code == 302
    assert len(notes_of(world.lender, case)) == 3, "another form is another note"


def test_who_may_not_look_at_a_number_has_no_button_for_it(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    for username, may in (("finance", False), ("collector", True), ("auditor", True)):
        client = signed_in(world.lender, username)
        page = page_of(client, case)
        with company_scope(world.lender):
            point = ContactPoint.objects.get(borrower=case.borrower)
        assert point.number_mask in page
        address = reverse("work:phone", args=[case.uid, point.uid])
        assert (address in page) is may
        answer = client.post(address, {"reason": "a call"})
        assert (answer.status_code != 403) is may


def test_save_stays_on_the_case(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    answer = client.post(case_url(world.mine[0], "work:note"), TYPED | {"then": "stay"})
    assert answer.headers["Location"] == case_url(world.mine[0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"disposition": ""}, "Choose how it ended."),
        ({"disposition": "nonsense"}, "Choose how it ended."),
        ({"remark": ""}, "Write what was said."),
        ({"next_action_at": ""}, "Type this."),
        ({"next_action_at": "tomorrow"}, "Type a time such as"),
        ({"next_action_at": "2001-01-01 10:00"}, "This moment is past."),
        ({"remark": "x" * 4001}, "4000"),
    ],
)
@pytest.mark.parametrize("place", ["page", "panel"])
def test_a_refused_note_keeps_what_was_typed(
    world: World, signed_in: SignIn, change: dict[str, str], said: str, place: str
) -> None:
    client = signed_in(world.lender, "collector")
    sent = TYPED | change | {"from": place, "then": "next"}
    answer = client.post(case_url(world.mine[0], "work:note"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert notes_of(world.lender, world.mine[0]) == []
    for name in ("remark", "next_action", "next_action_at"):
        assert sent[name] in page, name
    if sent["disposition"] == "callback":
        assert 'value="callback" data-next="Call back" checked' in page


@pytest.mark.parametrize(
    ("written", "due"),
    [
        (at(10, 15), at(14, 15)),
        (at(9), at(14)),  # after the break at noon
        (at(18), at(8, on=ON + timedelta(days=1))),
    ],
)
def test_the_first_permitted_moment_after_the_delay_stands_in(
    world: World,
    signed_in: SignIn,
    stop_clock: Callable[[datetime], None],
    written: datetime,
    due: datetime,
) -> None:
    stop_clock(written)
    client = signed_in(world.lender, "collector")
    client.post(case_url(world.mine[0], "work:note"), {"disposition": "no_answer"})
    (note,) = notes_of(world.lender, world.mine[0])
    assert note.next_action == "Call at another time of day"
    assert (note.at, note.next_action_at) == (written, due)


def test_who_may_not_write_writes_nothing(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    url = case_url(case, "work:note")
    for username, status in (("collector2", 404), ("lead2", 404), ("inspector", 403)):
        assert signed_in(world.lender, username).post(url, TYPED).status_code == status
    assert signed_in(world.agency, "admin").post(url, TYPED).status_code == 404
    assert notes_of(world.lender, case) == []
    assert signed_in(world.lender, "collector").put(url).status_code == 405


def test_a_number_is_shown_for_a_reason_and_recorded(world: World, signed_in: SignIn) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=case.borrower)
    url = reverse("work:phone", args=[case.uid, point.uid])
    assert client.get(url).status_code == 405
    refused = client.post(url, {"reason": " "}, follow=True)
    assert "Say why you need it." in refused.content.decode()
    assert _shown(world, case) == []
    answer = client.post(url, {"reason": "to call him"}, headers={"HX-Request": "true"})
    assert point.number_mask[-4:] in answer.content.decode()
    assert "****" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    (event,) = _shown(world, case)
    assert (event.kind, event.data["reason"], event.actor_name) == (
        "phone_shown", "to call him", "Chen Collector",
    )  # fmt: skip
    whole_page = client.post(url, {"reason": "again"}).content.decode()
    assert "Back to the case" in whole_page


def _shown(world: World, case: Case) -> list[CaseEvent]:
    with company_scope(world.lender):
        return list(CaseEvent.objects.filter(case=case, kind="phone_shown"))


def test_numbers_stay_hidden_from_others(world: World, signed_in: SignIn) -> None:
    case, other = world.mine[0], world.teammate
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=case.borrower)
    url = reverse("work:phone", args=[case.uid, point.uid])
    why = {"reason": "curious"}
    assert signed_in(world.lender, "collector2").post(url, why).status_code == 404
    assert signed_in(world.lender, "finance").post(url, why).status_code == 403
    assert signed_in(world.agency, "admin").post(url, why).status_code == 404
    crossed = reverse("work:phone", args=[other.uid, point.uid])
    assert signed_in(world.lender, "collector2").post(crossed, why).status_code == 404
    assert _shown(world, case) == _shown(world, other) == []


def test_a_placed_case_says_where_it_is(world: World, signed_in: SignIn) -> None:
    page = page_of(signed_in(world.lender, "admin"), world.placed[0])
    assert "With Anxin Collections" in page
    assert "after a recall" in page
    assert "until it is recalled" in page
    assert world.package.number in page
    assert 'aria-disabled="true" aria-describedby="gate-why"' in page, "no reassigning"
    assert "Recall…" in page
    assert "The agency reads this note" in page
    agencys = page_of(signed_in(world.agency, "collector"), world.placed[0])
    assert "海岳消费金融" in agencys
    assert "Recall" not in agencys
    assert "The agency reads this note" not in agencys


def test_the_agency_reads_what_the_lender_shares(world: World, signed_in: SignIn) -> None:
    admin, case = signed_in(world.lender, "admin"), world.placed[0]
    url = case_url(case, "work:note")
    for shared, remark in (("", "for us alone"), ("on", "for the agency")):
        answer = admin.post(url, TYPED | {"remark": remark, "shared": shared})
        assert answer.status_code == 302
    agencys = page_of(signed_in(world.agency, "collector"), case)
    assert "for the agency" in agencys
    assert "for us alone" not in agencys


def test_a_closed_case_takes_no_note(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    with company_scope(world.lender):
        Case.objects.filter(pk=case.pk).update(closed_on=ON, closure="paid", outstanding=0)
    client = signed_in(world.lender, "admin")
    page = page_of(client, case)
    assert "The case is closed" in page
    assert "Save, next case" not in page
    assert client.post(case_url(case, "work:note"), TYPED).status_code == 403


def test_others_holds_and_the_longest_texts(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    with company_scope(world.lender):
        sibling = add_case(world.lender, no="SIBLING", borrower=case.borrower)
        CaseHold.objects.create(
            owner=world.lender, case=case, kind="dispute", starts_on=ON, reason="<b>bold</b>"
        )
        Case.objects.filter(pk=case.pk).update(borrower_name="阿" * 120)
    page = page_of(signed_in(world.lender, "collector"), case)
    assert "SIBLING" in page
    assert case_url(sibling) not in page, "it lies on no desk of this person"
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "阿" * 120 in page
    assert case_url(sibling) in page_of(signed_in(world.lender, "admin"), case)


def test_the_timeline_is_filtered_and_goes_on(world: World, signed_in: SignIn) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    client.post(case_url(case, "work:note"), TYPED)
    notes = client.get(case_url(case) + "?timeline=notes")
    assert [len(day.items) for day in notes.context["days"]] == [1]
    with company_scope(world.lender):
        author = User.objects.get(username="collector")
        Note.objects.bulk_create(
            Note(
                owner=world.lender, case=case, author_id=author.pk, author_name="Chen",
                disposition="busy", disposition_name_en=f"Busy {n}", disposition_name_zh="占线",
            )
            for n in range(70)
        )  # fmt: skip
    whole = client.get(case_url(case))
    more = whole.context["more"]
    assert "before=" in more
    fragment = client.get(more, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "<html" in client.get(more).content.decode()
    assert client.get(case_url(case, "work:timeline") + "?before=x").status_code == 404
    stranger = signed_in(world.lender, "collector2")
    assert stranger.get(more).status_code == 404


def test_a_recalled_case_is_gone_for_the_agency(world: World, signed_in: SignIn) -> None:
    case = world.placed[0]
    agencys = signed_in(world.agency, "collector")
    assert agencys.get(case_url(case)).status_code == 200
    admin = signed_in(world.lender, "admin")
    answer = admin.post(reverse("agencies:recall") + f"?id={case.uid}", {"reason": "complaint"})
    assert answer.status_code == 200
    assert agencys.get(case_url(case)).status_code == 404
    assert agencys.post(case_url(case, "work:note"), TYPED).status_code == 404
    with company_scope(world.lender):
        ended = Placement.objects.get(case=case)
        assert (ended.end_kind, ended.end_reason) == ("recalled", "complaint")


def test_the_timeline_tells_contacts_and_who_had_the_case(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=case.borrower)
        for hour, state in ((2, "unanswered"), (2, "conversation"), (3, "conversation")):
            ContactTry.objects.create(
                owner=world.lender,
                borrower=case.borrower,
                case_id=case.pk,
                contact_point=point,
                relation="self",
                channel="call",
                by_name="Zhou Min",
                at=datetime(2026, 3, 9, hour, tzinfo=UTC),
                state=state,
                talk_seconds=75 if state == "conversation" else 0,
            )
    page = page_of(signed_in(world.lender, "collector"), case)
    assert "Call, spoke 01:15" in page
    assert "Call, unanswered" in page
    assert "best 10:00–12:00, 2 of 3 answered" in page
    with company_scope(world.lender):
        give(world.lender, [case], "collector2")
    page = page_of(signed_in(world.lender, "admin"), case)
    assert "Who had it" in page


def test_a_contact_in_progress_stands_in_the_form(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=case.borrower)
        made = ContactTry.objects.create(
            owner=world.lender,
            borrower=case.borrower,
            case_id=case.pk,
            contact_point=point,
            relation="self",
            channel="sms",
            by_id=User.objects.get(username="collector").pk,
            at=datetime(2026, 3, 9, 2, tzinfo=UTC),
        )
        point.state, point.state_until = "invalid", ON
        point.save()
    form = signed_in(world.lender, "collector").get(case_url(case)).context["form"]
    assert str(form["try_uid"].value()) == str(made.uid)
    assert str(form["contact_point"].value()) == str(point.uid)
    assert form["channel"].value() == "sms"
    page = page_of(signed_in(world.lender, "lead"), case)
    assert str(made.uid) not in page, "it is another person's"
    assert "Unverified" in page, "its time as an invalid number is over"


def test_a_lead_opens_the_borrowers_refused_point_again(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=case.borrower)
        ContactPoint.objects.filter(pk=point.pk).update(state="refused")
    path = reverse("work:reopen", args=[case.uid, point.uid])
    collector, lead = signed_in(world.lender, "collector"), signed_in(world.lender, "lead")
    assert path not in page_of(collector, case)
    assert collector.post(path, {"reason": "Letter"}).status_code == 403
    assert path in page_of(lead, case)
    without = lead.post(path, {"reason": " "}, follow=True).content.decode()
    assert "Say where the borrower wrote it." in without
    done = lead.post(path, {"reason": "Letter of 3 May"}, follow=True).content.decode()
    assert "The contact point is open again." in done
    assert path not in done, "it is not refused any more"
    with company_scope(world.lender):
        point.refresh_from_db()
        assert point.state == "unknown"
    assert "Letter of 3 May" in page_of(lead, case)


def test_the_number_of_who_refused_has_no_eye(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=case.borrower)
        ContactPoint.objects.filter(pk=point.pk).update(relation="spouse")
    path = reverse("work:phone", args=[case.uid, point.uid])
    client = signed_in(world.lender, "lead")
    assert path in page_of(client, case)
    with company_scope(world.lender):
        ContactPoint.objects.filter(pk=point.pk).update(state="refused")
    assert path not in page_of(client, case)
    answer = client.post(path, {"reason": "Call"}, follow=True).content.decode()
    assert "This person refused all contact" in answer
    assert reverse("work:reopen", args=[case.uid, point.uid]) not in answer


def test_the_schedule_says_what_is_paid(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    amounts = {"principal": 100, "interest": 1, "fee": 0, "penalty": 0}
    with company_scope(world.lender):
        for seq, days in enumerate((-30, 0, 30, 60), 1):
            due = case.due_date + timedelta(days=days)
            Instalment.objects.create(loan_id=case.loan_id, seq=seq, due_date=due, **amounts)
    client = signed_in(world.lender, "collector")
    states = re.compile(
        r'<span class="lb[^"]*">(paid|oldest unpaid|open|已还|最早未还|未还)</span>'
    )
    assert states.findall(page_of(client, case)) == ["paid", "oldest unpaid", "open", "open"]
    with company_scope(world.lender):
        User.objects.filter(username="collector").update(language="zh-hans")
    assert states.findall(page_of(client, case)) == ["已还", "最早未还", "未还", "未还"]
    with company_scope(world.lender):
        Loan.objects.filter(pk=case.loan_id).update(principal=0, interest=0, fee=0, penalty=0)
    assert states.findall(page_of(client, case)) == ["已还"] * 4
