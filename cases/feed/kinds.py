"""The kinds of feed by name."""

from collections.abc import Mapping

from cases.feed.contacts import CONTACTS_PIPELINE
from cases.feed.instalments import INSTALMENTS_PIPELINE
from cases.feed.loans import LOANS_PIPELINE
from cases.feed.pipeline import Pipeline
from cases.feed.repayments import REPAYMENTS_PIPELINE
from cases.feed.statements import STATEMENTS_PIPELINE

PIPELINES: Mapping[str, Pipeline] = {
    pipeline.feed.name: pipeline
    for pipeline in (
        LOANS_PIPELINE,
        INSTALMENTS_PIPELINE,
        CONTACTS_PIPELINE,
        REPAYMENTS_PIPELINE,
        STATEMENTS_PIPELINE,
    )
}
