"""Encryption of what the database keeps secret, and blind indexes that find it again.

Keys come from ``settings.DATA_KEYS`` (newest first), else from the installation's secret and its predecessors. What an
old key wrote is still read; ``huoshui user rekey`` writes it again under the newest.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def encrypt(text: str) -> bytes:
    """Return *text* encrypted and authenticated under the newest key."""
    return _box(_keys()).encrypt(text.encode())


def decrypt(cipher: bytes | memoryview) -> str:
    """Return the text that *cipher* holds; ValueError when no key of this installation opens it."""
    try:
        return _box(_keys()).decrypt(bytes(cipher)).decode()
    except InvalidToken as wrong:
        raise ValueError("no key of this installation opens this value") from wrong


def renewed(cipher: bytes | memoryview) -> bytes:
    """Return *cipher* under the newest key."""
    return _box(_keys()).rotate(bytes(cipher))


def blind_index(text: str) -> str:
    """Return what finds *text* without telling it: HMAC-SHA-256 under the newest key, 64 hexadecimal digits."""
    return _index(_keys()[0], text)


def blind_indexes(text: str) -> list[str]:
    """Return the index of *text* under every key, newest first, for finding rows from before a rotation."""
    return [_index(key, text) for key in _keys()]


def _keys() -> tuple[str, ...]:
    given: list[str] = getattr(settings, "DATA_KEYS", [])
    return tuple(given or [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)])


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, "encrypt"))) for key in keys])


@lru_cache(maxsize=16)
def _derived(key: str, use: str) -> bytes:
    # one secret, two independent keys: what is derived for indexing tells nothing about what is derived for encryption
    return hmac.new(key.encode(), f"huoshui data {use}".encode(), hashlib.sha256).digest()


def _index(key: str, text: str) -> str:
    return hmac.new(_derived(key, "index"), text.encode(), hashlib.sha256).hexdigest()
