"""Uploaded feed files: one folder a company, random names, readable by nobody else, gone soon.

A file holds personal data in the clear. It lives from the upload until its rows are staged.
"""

import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

FORGOTTEN_AFTER = 2 * 24 * 60 * 60  # seconds; what is older was left behind by a killed process


def folder_of(company_id: int) -> Path:
    """The company's folder for feed files; made where it is missing."""
    folder = Path(settings.FILES_ROOT) / str(company_id) / "feeds"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def path_of(company_id: int, name: str) -> Path:
    """Where the stored file of that name lies. Names are ours, so they lead nowhere else."""
    return folder_of(company_id) / Path(name).name


def keep(company_id: int, chunks: Iterable[bytes]) -> str:
    """Write a file with mode 0600 and return its random name."""
    name = secrets.token_urlsafe(24)
    path = path_of(company_id, name)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name


def remove(company_id: int, name: str) -> None:
    """Remove a stored file; "" and one that is gone are no error."""
    if name:
        path_of(company_id, name).unlink(missing_ok=True)


def remove_forgotten(company_id: int) -> None:
    """Remove files that nothing will come back for."""
    oldest = time.time() - FORGOTTEN_AFTER
    for path in folder_of(company_id).iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
