"""Rotating the keys of sealed values: nothing lost, nothing left, nothing read in between."""

import io
import json
import secrets
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from cases.models import Borrower
from config.resealing import SEALED
from tenancy.models import Company, TotpDevice
from tenancy.personal_data import key_of, open_sealed, seal
from tenancy.scope import company_scope
from tests.tenancy.conftest import Person

OURS = ("tenancy", "cases", "agencies", "collection", "dialer", "waivers")


@pytest.fixture
def keys(settings: Any) -> dict[str, bytes]:
    """Two keys; k1 seals until the test puts k2 first."""
    made = {"k1": secrets.token_bytes(32), "k2": secrets.token_bytes(32)}
    settings.FIELD_KEYS = made
    return made


@pytest.fixture
def sealed_rows(lender: Company, person: Person, keys: dict[str, bytes]) -> Company:
    """25 borrowers (one without an id number) and a second factor, sealed with k1."""
    user = person(lender, "collector")
    with company_scope(lender):
        Borrower.objects.bulk_create(
            Borrower(
                owner=lender,
                borrower_no=f"B{n}",
                name="x",
                id_no_hash=b"",
                id_no_sealed=seal(f"ID-{n}" if n else ""),
            )
            for n in range(25)
        )
        TotpDevice.objects.create(user=user, name="app", sealed_key=seal("TOTP"))
    return lender


def rotate(**options: Any) -> str:
    out = io.StringIO()
    call_command("rotate_field_keys", stdout=out, **options)
    return out.getvalue()


def key_ids(company: Company) -> set[str]:
    with company_scope(company):
        return {
            key_of(value)
            for value in [
                *Borrower.objects.exclude(id_no_sealed="").values_list("id_no_sealed", flat=True),
                *TotpDevice.objects.values_list("sealed_key", flat=True),
            ]
        }


def newest_first(settings: Any, keys: dict[str, bytes], *ids: str) -> None:
    settings.FIELD_KEYS = {key_id: keys[key_id] for key_id in ids}


def test_every_sealed_column_is_known() -> None:
    named = {
        (model, field.name)
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.local_fields
        if "sealed" in field.name
    }
    assert named == {(model, column) for model, columns in SEALED.items() for column in columns}


def test_all_values_move_to_the_newest_key(
    sealed_rows: Company, settings: Any, keys: dict[str, bytes]
) -> None:
    newest_first(settings, keys, "k2", "k1")
    told = [json.loads(line) for line in rotate(json=True, batch=10).splitlines()]
    assert {"company": "HAIYUE", "resealed": 25, "unreadable": {}} in told
    assert key_ids(sealed_rows) == {"k2"}
    newest_first(settings, keys, "k2")
    with company_scope(sealed_rows):
        assert open_sealed(TotpDevice.objects.get().sealed_key) == "TOTP"
        assert {open_sealed(b.id_no_sealed) for b in Borrower.objects.all()} == {
            "",
            *(f"ID-{n}" for n in range(1, 25)),
        }
    assert "HAIYUE: 0 values" in rotate(company="haiyue")


def test_one_company_alone(sealed_rows: Company, settings: Any, keys: dict[str, bytes]) -> None:
    newest_first(settings, keys, "k2", "k1")
    rotate(company="ANXIN")
    assert key_ids(sealed_rows) == {"k1"}
    with pytest.raises(CommandError, match="no company NOWHERE"):
        rotate(company="NOWHERE")


def test_a_key_that_is_gone_is_named_and_nothing_is_lost(
    sealed_rows: Company, settings: Any, keys: dict[str, bytes]
) -> None:
    newest_first(settings, keys, "k2")
    with pytest.raises(CommandError, match="does not hold: k1"):
        rotate()
    assert key_ids(sealed_rows) == {"k1"}


def test_a_value_that_changed_meanwhile_is_left_alone(
    sealed_rows: Company, settings: Any, keys: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading a batch and writing it the feed puts another value in."""
    from config import resealing

    newest_first(settings, keys, "k2", "k1")
    original = resealing._write

    def late(model: Any, column: str, changes: Any, done: Any) -> None:
        if model is Borrower:
            Borrower.objects.filter(borrower_no="B7").update(id_no_sealed=seal("CHANGED"))
        original(model, column, changes, done)

    monkeypatch.setattr(resealing, "_write", late)
    rotate(company="HAIYUE")
    with company_scope(sealed_rows):
        assert open_sealed(Borrower.objects.get(borrower_no="B7").id_no_sealed) == "CHANGED"
