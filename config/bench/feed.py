"""Feeds: the first import of a book, the same file again, and how both grow.

`feed_first`: `import_file` of one lender's loans file, against COPY of the very rows that it made
(ids and all) into the same tables, with their keys and indexes, of a database that has the same
companies; both commit. `feed_again`: the same file at once again, against that first import.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from django.db import connections, transaction

from cases.feed.importing import import_file
from cases.models import Bucket, BucketScheme, ImportRun
from cases.models import feed as feed_models
from config.bench.databases import PLATFORM, BenchDatabase
from config.bench.measure import Pair, seconds_of
from config.bench.rows import RowFile, by_dependency, dump, has_rows, owned_models
from tenancy.models import Company

KIND = "loans"


@dataclass(slots=True)
class FeedSamples:
    """What was measured, a sample for each lender."""

    first: Pair = field(default_factory=Pair)
    again: Pair = field(default_factory=Pair)


class NotAsMeant(RuntimeError):
    """A measure did something else than it says: its figures would mean nothing."""


def import_new(company: Company, path: Path, as_of: date) -> float:
    """Import a lender's first file in the database in use; returns the seconds it took."""
    runs: list[ImportRun] = []
    seconds = seconds_of(lambda: runs.append(_imported(company, path, as_of)))
    run = runs[0]
    if run.state != ImportRun.State.DONE or run.rejected or run.new != run.rows:
        raise NotAsMeant(f"the first import of {path.name} ended {run.state}, {run.new} rows new")
    return seconds


def import_again(company: Company, path: Path, as_of: date) -> float:
    """Import the same file again, which changes nothing; returns the seconds it took."""
    runs: list[ImportRun] = []
    seconds = seconds_of(lambda: runs.append(_imported(company, path, as_of)))
    if runs[0].state != ImportRun.State.DONE or runs[0].unchanged != runs[0].rows:
        raise NotAsMeant(f"the second import of {path.name} changed something")
    return seconds


def _imported(company: Company, path: Path, as_of: date) -> ImportRun:
    return import_file(company=company, kind=KIND, as_of=as_of, path=path)


def copy_seconds(company: Company, path: Path, ours: BenchDatabase, bare: BenchDatabase) -> float:
    """How long COPY takes for the rows that the import has made of the file."""
    ours.use()
    files = _dumped(company, path.parent)
    bare.use()
    seconds = seconds_of(partial(copy_rows, files))
    for file in files:
        file.path.unlink()
    return seconds


def _dumped(company: Company, folder: Path) -> list[RowFile]:
    """The rows of the book that the lender has now, table by table, parents first.

    The importer's own (runs, staged rows) are not of the book, and the bare database has the
    bucket scheme already.
    """
    models = [model for model in owned_models() if model.__module__ != feed_models.__name__]
    with connections[PLATFORM].cursor() as cursor:
        return [
            dump(cursor, model, "owner_id = %s", [company.pk], folder)
            for model in by_dependency(models)
            if model not in (BucketScheme, Bucket) and has_rows(model, company.pk)
        ]


def copy_rows(files: list[RowFile]) -> None:
    """COPY the rows into the database in use, as the role without policies, and commit."""
    with transaction.atomic(using=PLATFORM), connections[PLATFORM].cursor() as cursor:
        for file in files:
            file.copy_into(cursor)
