"""What the preset codes mean."""

import pytest

from collection.dispositions import MEANS, PRESETS, start_dispositions
from collection.facts import FACTS
from collection.models import Disposition
from tenancy.models import Company
from tenancy.scope import company_scope

pytestmark = pytest.mark.django_db
BLANK = {"flags": [], "required": [], "number_becomes": "", "hold_kind": "", "whole_person": False}


def state(code: str) -> dict[str, object]:
    found = Disposition.objects.get(code=code)
    return {name: getattr(found, name) for name in BLANK}


def test_every_code_says_what_it_means() -> None:
    codes = [preset.code for presets in PRESETS.values() for preset in presets]
    assert sorted(codes) == sorted(MEANS)
    assert {name for means in MEANS.values() for name in means.required} <= set(FACTS)


def test_the_tree_is_the_table_of_presets(lender: Company) -> None:
    with company_scope(lender):
        start_dispositions(company_id=lender.pk)
        assert state("ptp_full") == {
            "flags": ["right_party", "conversation", "promise"],
            "required": ["amount", "date", "channel"],
            "number_becomes": "valid",
            "hold_kind": "",
            "whole_person": False,
        }
        assert state("tp_complains") == {
            "flags": ["third_party", "refusal", "complaint_risk"],
            "required": ["subject"],
            "number_becomes": "refused",
            "hold_kind": "complaint",
            "whole_person": True,
        }
        assert state("line_failure") == BLANK
