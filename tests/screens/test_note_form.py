"""The note's form over the web: the stale form, the correction, the files and who gets them."""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from agencies.recall import recall_cases
from cases.models import Case, ContactPoint
from collection.attachments import ORPHAN_AFTER, remove_orphans, shown_name, sniff
from collection.models import Attachment, Note, Remark
from tenancy.models import Company
from tenancy.scope import company_scope
from tests.screens.test_ladder import case_url
from tests.screens.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[Company, str], Client]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 20
PDF = b"%PDF-1.7\n%%EOF"
SAID = {"disposition": "hung_up", "remark": "Said so."}


@pytest.fixture(autouse=True)
def files_root(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path


def post(client: Client, case: Case, **more: object) -> Any:
    """A note of the case as a browser sends it."""
    return client.post(case_url(case, "work:note"), SAID | more)


def test_a_stale_form_shows_both_texts_and_saves_at_the_second_try(
    world: World, signed_in: SignIn
) -> None:
    case = world.mine[0]
    mine, lead = signed_in(world.lender, "collector"), signed_in(world.lender, "lead")
    form = mine.get(case_url(case)).context["form"]
    sent = {
        "knew": str(form["knew"].value() or ""),
        "form_key": str(form["form_key"].value()),
        "remark": "What I heard.",
        "overdue_reason": "forgot",
    }
    assert post(lead, case, remark="What the lead heard.", knew="").status_code == 302
    answer = post(mine, case, **sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What I heard." in page
    assert "What the lead heard." in page
    assert "not saved yet" in page
    assert 'value="forgot" selected' in page
    with company_scope(world.lender):
        assert Note.objects.filter(case=case).count() == 1
    knew = answer.context["form"]["knew"].value()
    assert post(mine, case, **sent | {"knew": str(knew)}).status_code == 302
    with company_scope(world.lender):
        texts = Remark.objects.filter(case=case).order_by("pk").values_list("text", flat=True)
        assert list(texts) == ["What the lead heard.", "What I heard."]


def test_the_panel_tells_of_newer_notes_too(world: World, signed_in: SignIn) -> None:
    case = world.mine[0]
    mine, lead = signed_in(world.lender, "collector"), signed_in(world.lender, "lead")
    post(lead, case, remark="What the lead heard.", knew="")
    answer = post(mine, case, knew="", **{"from": "panel", "remark": "What I heard."})
    assert answer.status_code == 422
    assert "What the lead heard." in answer.content.decode()
    assert "What I heard." in answer.content.decode()


def test_the_form_asks_for_what_the_results_require(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    form = client.get(case_url(world.mine[0])).context["form"]
    asks = form.asks
    assert asks["ptp_full"]["facts"] == ["fact_amount", "fact_date", "fact_channel"]
    assert asks["ptp_full"]["from"] == "fact_date"
    assert asks["callback"]["from"] == "fact_time"
    shown = {fact.field for fact in form.shown_facts}
    assert {name for each in asks.values() for name in each["facts"]} <= shown
    with company_scope(world.lender):
        point = ContactPoint.objects.get(borrower=world.mine[0].borrower_id)
    assert form["contact_point"].value() == str(point.uid), "the borrower's own number comes first"


def test_a_missing_fact_is_named_beside_its_field(world: World, signed_in: SignIn) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    answer = post(client, case, disposition="ptp_full", fact_amount="abc", remark="Will pay.")
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert set(errors) == {"fact_amount", "fact_date", "fact_channel"}
    assert 'value="abc"' in answer.content.decode()


def test_a_strangers_point_is_not_found(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.lender, "collector")
    with company_scope(world.lender):
        other = ContactPoint.objects.get(borrower=world.other_team.borrower_id)
    for uid in (str(other.uid), str(uuid4()), "nonsense"):
        answer = post(client, world.mine[0], contact_point=uid)
        assert answer.status_code == 422
        assert "Choose a contact point of this borrower." in answer.content.decode()


def test_a_correction_is_shown_both_ways(world: World, signed_in: SignIn) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    post(client, case, remark="Pays on Monday.")
    with company_scope(world.lender):
        first = Note.objects.get(case=case)
    address = f"{case_url(case, 'work:note')}?corrects={first.uid}"
    assert address in client.get(case_url(case)).content.decode()
    form = client.get(address).context["form"]
    assert form["corrects"].value() == str(first.uid)
    post(client, case, remark="Pays on Tuesday.", corrects=str(first.uid))
    page = client.get(case_url(case)).content.decode()
    assert "Pays on Monday. Corrected by Chen Collector" in page
    assert "Pays on Tuesday. Corrects" in page
    assert client.get(f"{case_url(case, 'work:note')}?corrects={uuid4()}").status_code == 404
    answer = post(client, case, corrects=str(uuid4()))
    assert answer.status_code == 422
    assert "A correction refers to a note of your company" in answer.content.decode()
    auditor = signed_in(world.lender, "auditor")
    assert address not in auditor.get(case_url(case)).content.decode()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/x-anything")


def attached(world: World) -> list[Attachment]:
    with company_scope(world.lender):
        return list(Attachment.objects.select_related("case").order_by("pk"))


def address_of(file: Attachment) -> str:
    return reverse("work:attachment", args=[file.case.uid, file.uid])


def test_a_file_is_kept_and_served_safely(
    world: World, signed_in: SignIn, files_root: Path
) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    files = [upload("../../slip <b>.png", PNG), upload("letter.exe", PDF)]
    assert post(client, case, attachments=files).status_code == 302
    picture, letter = attached(world)
    assert (picture.name, picture.media_type, picture.size) == ("slip <b>.png", "image/png", 48)
    assert (letter.name, letter.media_type) == ("letter.exe", "application/pdf")
    on_disk = files_root / picture.stored_as
    assert on_disk.read_bytes() == PNG
    assert oct(on_disk.stat().st_mode)[-3:] == "600"
    assert "slip" not in picture.stored_as
    page = client.get(case_url(case)).content.decode()
    assert address_of(picture) in page
    assert "slip &lt;b&gt;.png" in page
    answer = client.get(address_of(picture))
    assert answer.content == PNG
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "no-store" in answer.headers["Cache-Control"]
    kept = client.get(address_of(letter))
    assert kept.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("page.png", b"<html><script>")], "page.png is no JPEG, PNG, WebP or PDF."),
        ([("empty.pdf", b"")], "empty"),
        ([("big.png", PNG + b"0" * 1024 * 1024)], "big.png is larger than 1 MB."),
        ([(f"{n}.png", PNG) for n in range(6)], "At most 5 files."),
    ],
)
def test_a_file_that_is_not_taken_is_refused(
    world: World,
    signed_in: SignIn,
    settings: Settings,
    files_root: Path,
    files: list[tuple[str, bytes]],
    said: str,
) -> None:
    settings.ATTACHMENT_LIMIT_MB = 1
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    answer = post(client, case, attachments=[upload(*each) for each in files])
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert SAID["remark"] in answer.content.decode()
    assert not list(files_root.rglob("*.*"))


def test_files_go_to_whoever_sees_the_case(world: World, signed_in: SignIn) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    post(client, case, attachments=upload("slip.jpg", JPEG))
    (file,) = attached(world)
    for username, status in (("auditor", 200), ("lead", 200), ("collector2", 404), ("lead2", 404)):
        assert signed_in(world.lender, username).get(address_of(file)).status_code == status
    assert signed_in(world.agency, "admin").get(address_of(file)).status_code == 404
    assert Client().get(address_of(file)).status_code == 302
    other = reverse("work:attachment", args=[world.mine[1].uid, file.uid])
    assert client.get(other).status_code == 404
    assert client.post(address_of(file)).status_code == 405


def test_files_are_sealed_with_the_words_after_a_recall(world: World, signed_in: SignIn) -> None:
    case = world.placed[0]
    worker, admin = signed_in(world.agency, "collector"), signed_in(world.lender, "admin")
    post(worker, case, attachments=upload("theirs.webp", WEBP))
    post(admin, case, attachments=upload("ours.pdf", PDF))
    post(admin, case, shared="on", remark="For both.", attachments=upload("shared.pdf", PDF))
    theirs, ours, shared = attached(world)
    assert [worker.get(address_of(each)).status_code for each in (theirs, ours, shared)] == [
        200, 404, 200,
    ]  # fmt: skip
    with company_scope(world.lender):
        recall_cases(lender=world.lender, case_ids=[case.pk], reason="Back", by=None)
    assert worker.get(address_of(theirs)).status_code == 404
    assert admin.get(address_of(theirs)).status_code == 200
    with company_scope(world.agency):
        assert not Attachment.objects.exists()


def test_a_note_that_fails_leaves_no_file(
    world: World, signed_in: SignIn, files_root: Path
) -> None:
    client, case = signed_in(world.lender, "collector"), world.mine[0]
    answer = post(client, case, attachments=upload("slip.png", PNG), try_uid=str(uuid4()))
    assert answer.status_code == 422
    assert attached(world) == []
    assert not list(files_root.rglob("*.png"))


def test_the_night_removes_orphans_and_nothing_else(
    world: World, signed_in: SignIn, files_root: Path
) -> None:

    client = signed_in(world.lender, "collector")
    post(client, world.mine[0], attachments=upload("slip.png", PNG))
    folder = files_root / "notes" / str(world.lender.pk)
    old, young = folder / "old.png", folder / "young.png"
    for each in (old, young):
        each.write_bytes(PNG)
    past = time.time() - ORPHAN_AFTER - 5
    for each in (old, *[files_root / file.stored_as for file in attached(world)]):
        os.utime(each, (past, past))
    with company_scope(world.lender):
        assert remove_orphans(world.lender, date(2026, 11, 21)) == {"removed": 1}
    assert not old.exists()
    assert young.exists()
    assert [(files_root / file.stored_as).exists() for file in attached(world)] == [True]
    with company_scope(world.agency):
        assert remove_orphans(world.agency, date(2026, 11, 21)) == {"removed": 0}


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (PDF, "application/pdf"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ""),
        (b"<svg xmlns=", ""),
        (b" %PDF-1.7", ""),
        (b"GIF89a", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_content_says(head: bytes, found: str) -> None:
    assert sniff(head[:12]) == found


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a\x00\u202eb.png", "ab.png"),
        ("", "file"),
        ("回单.png", "回单.png"),
    ],
)
def test_a_name_shows_no_folders_and_no_hidden_characters(typed: str, shown: str) -> None:
    assert shown_name(typed) == shown
    assert len(shown_name("x" * 300)) == 200
