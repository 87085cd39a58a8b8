"""Says of preset dispositions that nobody has touched what they mean and do.

Companies that were there before the workbench have the codes and their names only. A code that the
company has renamed, or that says something already, stays as it is.
"""

import json

from django.db import migrations

# code: English name, flags, required facts, what the number becomes, hold, whole person
PRESETS = {
    "ptp_full": (
        "Promises to pay all",
        ["right_party", "conversation", "promise"],
        ["amount", "date", "channel"],
        "valid",
        "",
        False,
    ),
    "ptp_part": (
        "Promises a part",
        ["right_party", "conversation", "promise"],
        ["amount", "date", "channel"],
        "valid",
        "",
        False,
    ),
    "will_pay": (
        "Willing, no date yet",
        ["right_party", "conversation"],
        ["obstacle"],
        "valid",
        "",
        False,
    ),
    "asks_plan": (
        "Asks for instalments",
        ["right_party", "conversation", "hardship"],
        ["monthly_amount", "first_date"],
        "valid",
        "",
        False,
    ),
    "asks_later": (
        "Asks for a later date",
        ["right_party", "conversation"],
        ["date", "reason"],
        "valid",
        "",
        False,
    ),
    "asks_waiver": (
        "Asks for a waiver",
        ["right_party", "conversation", "hardship"],
        ["offered", "date"],
        "valid",
        "",
        False,
    ),
    "claims_paid": (
        "Says it is paid",
        ["right_party", "conversation"],
        ["paid_on", "amount", "channel"],
        "valid",
        "payment_check",
        False,
    ),
    "cannot_pay": (
        "Cannot pay now",
        ["right_party", "conversation", "hardship"],
        ["cause"],
        "valid",
        "",
        False,
    ),
    "refuses": (
        "Refuses to pay",
        ["right_party", "conversation", "refusal"],
        ["reason"],
        "valid",
        "",
        False,
    ),
    "disputes": (
        "Disputes the amount",
        ["right_party", "conversation", "dispute"],
        ["component", "claimed"],
        "valid",
        "dispute",
        False,
    ),
    "denies": (
        "Denies the loan",
        ["right_party", "conversation", "dispute", "complaint_risk"],
        ["denied"],
        "valid",
        "fraud",
        False,
    ),
    "complains": (
        "Complains",
        ["right_party", "conversation", "complaint_risk"],
        ["subject", "wish"],
        "valid",
        "complaint",
        False,
    ),
    "asks_stop": (
        "Asks to stop, or for another time, place, channel",
        ["right_party", "conversation", "complaint_risk"],
        ["stop_number", "stop_channel", "stop_time"],
        "",
        "",
        False,
    ),
    "callback": (
        "Call back at a time",
        ["right_party", "conversation", "callback"],
        ["time"],
        "valid",
        "",
        False,
    ),
    "represented": (
        "Has a lawyer, agent, or insolvency case",
        ["right_party", "conversation"],
        ["represented_by", "who", "proof"],
        "valid",
        "",
        False,
    ),
    "hung_up": (
        "Hung up after identity was confirmed",
        ["right_party", "conversation"],
        [],
        "valid",
        "",
        False,
    ),
    "will_tell": ("Will pass it on", ["third_party"], [], "valid", "", False),
    "wont_tell": ("Will not pass it on", ["third_party"], [], "valid", "", False),
    "new_number": (
        "Gives a new number",
        ["third_party"],
        ["number", "whose", "person_name"],
        "valid",
        "",
        False,
    ),
    "offers_pay": (
        "Offers, unasked, to pay",
        ["third_party"],
        ["amount", "date"],
        "valid",
        "",
        False,
    ),
    "no_contact": (
        "Wants no more contact",
        ["third_party", "refusal", "complaint_risk"],
        [],
        "refused",
        "",
        True,
    ),
    "wrong_number": (
        "Number belongs to a stranger",
        ["third_party", "wrong_number", "invalid_number"],
        [],
        "invalid",
        "",
        False,
    ),
    "says_dead": (
        "Says the borrower has died",
        ["third_party", "deceased"],
        ["died_on"],
        "valid",
        "deceased",
        False,
    ),
    "says_unable": (
        "Detained, gravely ill, without legal capacity",
        ["third_party", "hardship"],
        ["unable", "until"],
        "valid",
        "vulnerable",
        False,
    ),
    "tp_complains": (
        "Third party complains",
        ["third_party", "refusal", "complaint_risk"],
        ["subject"],
        "refused",
        "complaint",
        True,
    ),
    "no_answer": ("No answer", ["failed_attempt"], [], "", "", False),
    "busy": ("Busy", ["failed_attempt"], [], "", "", False),
    "rejected": ("Call rejected", ["failed_attempt"], [], "", "", False),
    "switched_off": ("Switched off", ["failed_attempt"], [], "", "", False),
    "not_reachable": ("Not reachable", ["failed_attempt"], [], "", "", False),
    "suspended": (
        "Number suspended",
        ["failed_attempt", "invalid_number"],
        [],
        "invalid",
        "",
        False,
    ),
    "empty_number": (
        "Number does not exist",
        ["failed_attempt", "invalid_number"],
        [],
        "invalid",
        "",
        False,
    ),
    "voicemail": ("Voicemail, call assistant", ["failed_attempt"], [], "", "", False),
    "line_failure": ("Failure on our side", [], [], "", "", False),
}
FILL = """
UPDATE collection_disposition d
SET flags = ARRAY(SELECT jsonb_array_elements_text(p.preset->1)),
    required = ARRAY(SELECT jsonb_array_elements_text(p.preset->2)),
    number_becomes = p.preset->>3, hold_kind = p.preset->>4,
    whole_person = (p.preset->>5)::boolean
FROM jsonb_each(%s::jsonb) AS p(code, preset)
WHERE d.code = p.code AND d.name_en = p.preset->>0
  AND d.flags = '{}' AND d.required = '{}' AND d.number_becomes = '' AND d.hold_kind = ''
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0006_promise_horizon")]

    operations = [migrations.RunSQL([(FILL, [json.dumps(PRESETS)])], migrations.RunSQL.noop)]
