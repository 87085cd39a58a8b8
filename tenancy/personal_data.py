"""Personal data at rest: sealed values, keyed hashes for equality, masks for the eye.

Sealing is AES-256-GCM with a random 96-bit nonce; the key's id stands before the text, so keys
rotate: the first of FIELD_KEYS seals, all of them open. The hash is HMAC-SHA-256 under HASH_KEY,
which does not rotate with them (equality must hold over time).
"""

import base64
import functools
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class CannotOpen(ValueError):
    """A sealed value whose key is not among FIELD_KEYS, or that was tampered with."""


@functools.lru_cache(maxsize=4)
def _ring(keys: tuple[tuple[str, bytes], ...]) -> tuple[str, dict[str, AESGCM]]:
    return keys[0][0], {key_id: AESGCM(key) for key_id, key in keys}


def _current_ring() -> tuple[str, dict[str, AESGCM]]:
    return _ring(tuple(settings.FIELD_KEYS.items()))


def seal(value: str) -> str:
    """The value, encrypted under the newest key, as `key-id:base64`; "" stays ""."""
    if not value:
        return ""
    key_id, ring = _current_ring()
    nonce = os.urandom(NONCE_BYTES)
    text = base64.b64encode(nonce + ring[key_id].encrypt(nonce, value.encode(), None))
    return f"{key_id}:{text.decode()}"


def open_sealed(sealed: str) -> str:
    """The value behind `seal`; raises CannotOpen when no key fits."""
    if not sealed:
        return ""
    key_id, _, text = sealed.partition(":")
    _, ring = _current_ring()
    raw = base64.b64decode(text)
    try:
        return ring[key_id].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
    except (KeyError, InvalidTag) as error:
        raise CannotOpen(f"No key of FIELD_KEYS opens this value (key id {key_id!r}).") from error


def newest_key() -> str:
    """The id of the key that seals now; the others of FIELD_KEYS only open."""
    return _current_ring()[0]


def key_of(sealed: str) -> str:
    """The id of the key that a sealed value was sealed with."""
    return sealed.partition(":")[0]


def keyed_hash(value: str) -> bytes:
    """32 bytes by which equal values find each other; b"" for an empty value."""
    return hmac.digest(settings.HASH_KEY, value.encode(), "sha256") if value else b""


def last_four(value: str) -> str:
    """The part of a number that may be searched and shown."""
    return value[-4:] if len(value) >= 8 else ""


def mask_number(value: str) -> str:
    """First three and last four of a phone or id number; short ones hide all but two."""
    if len(value) >= 9:
        return f"{value[:3]}****{value[-4:]}"
    return "*" * max(len(value) - 2, 0) + value[-2:] if value else ""
