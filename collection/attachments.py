"""Files of notes: what is taken, where they lie, and their going when nothing refers to them.

A file is what its content says, whatever its name. It lies under a random name in the folder of
the case's lender, outside the web root, and is served only by collection.views.attachments. The
row is written in the note's transaction, the file before it: a file whose row never came is an
orphan, removed at once where the failure is seen, else by the night (remove_orphans).
"""

import hashlib
import secrets
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, TypeAlias

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile as AnyUploadedFile
from django.utils.translation import gettext as _

from collection.models import Attachment, Note
from tenancy.models import Company

UploadedFile: TypeAlias = "AnyUploadedFile[Any]"
MOST_FILES = 5
"""Files of one note."""
LONGEST_NAME = 200
HEAD = 12
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}
ORPHAN_AFTER = 3600
"""Seconds after which a file without a row is taken for an orphan: no transaction lasts as long."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it lies on disk, before its row. stored_as: relative to settings.FILES_ROOT."""

    name: str
    media_type: str
    size: int
    digest: bytes
    stored_as: str


def sniff(head: bytes) -> str:
    """The media type that a file's first bytes show; "" for anything that is not taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    return ""


def check_files(files: Sequence[UploadedFile]) -> None:
    """Raise ValidationError ("attachments") for too many, too large, empty or foreign files."""
    if len(files) > MOST_FILES:
        raise ValidationError(
            {"attachments": _("At most %(limit)s files.") % {"limit": MOST_FILES}}
        )
    wrong = [said for each in files if (said := _wrong_with(each))]
    if wrong:
        raise ValidationError({"attachments": wrong})


def _wrong_with(file: UploadedFile) -> str:
    limit = settings.ATTACHMENT_LIMIT_MB
    about = {"name": shown_name(file.name or ""), "limit": limit}
    if (file.size or 0) > limit * 1024 * 1024:
        return _("%(name)s is larger than %(limit)s MB.") % about
    file.seek(0)
    if not sniff(file.read(HEAD)):
        return _("%(name)s is no JPEG, PNG, WebP or PDF.") % about
    return ""


def shown_name(name: str) -> str:
    """A file's name without folders and characters that cannot be shown, at most LONGEST_NAME."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    clean = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    return clean[-LONGEST_NAME:] or "file"


def store(*, owner_id: int, files: Iterable[UploadedFile]) -> list[Stored]:
    """Write checked files into the lender's folder; all of them, or none when one fails."""
    done: list[Stored] = []
    try:
        done.extend(_store(owner_id, file) for file in files)
    except BaseException:
        discard(done)
        raise
    return done


def _store(owner_id: int, file: UploadedFile) -> Stored:
    file.seek(0)
    media_type = sniff(file.read(HEAD))
    stored_as = f"notes/{owner_id}/{secrets.token_hex(16)}{SUFFIXES[media_type]}"
    path = path_of(stored_as)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    try:
        with path.open("xb") as target:
            path.chmod(0o600)
            for chunk in file.chunks():
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Stored(shown_name(file.name or ""), media_type, size, digest.digest(), stored_as)


def path_of(stored_as: str) -> Path:
    """Where a stored file lies."""
    return Path(settings.FILES_ROOT) / stored_as


def discard(stored: Iterable[Stored]) -> None:
    """Remove files whose rows will not come."""
    for each in stored:
        path_of(each.stored_as).unlink(missing_ok=True)


def attach(*, note: Note, stored: Sequence[Stored]) -> None:
    """Write the rows of stored files, sealed and shared like the note's words."""
    Attachment.objects.bulk_create(
        Attachment(
            note=note,
            company_id=note.company_id,
            owner_id=note.owner_id,
            case_id=note.case_id,
            shared=note.shared,
            name=each.name,
            media_type=each.media_type,
            size=each.size,
            digest=each.digest,
            stored_as=each.stored_as,
        )
        for each in stored
    )


def remove_orphans(company: Company, _on: date) -> dict[str, int]:
    """The night's step: remove files of the lender's cases that no row refers to.

    Only the lender may say so, who sees every row: an agency sees none of a case taken back. Files
    younger than ORPHAN_AFTER stay, whatever the date: their transaction may still be open.
    """
    folder = path_of(f"notes/{company.pk}")
    if not (company.is_lender and folder.is_dir()):
        return {"removed": 0}
    old = time.time() - ORPHAN_AFTER
    found = {f"notes/{company.pk}/{path.name}": path for path in folder.iterdir()}
    known = set(
        Attachment.objects.filter(owner=company, stored_as__in=found).values_list(
            "stored_as", flat=True
        )
    )
    gone = [p for name, p in found.items() if name not in known and p.stat().st_mtime < old]
    for path in gone:
        path.unlink(missing_ok=True)
    return {"removed": len(gone)}
