"""The printable poster of a loan code: one A4 page with a QR code that a phone reads from two metres."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Poster:
    """What is printed: the place, the address behind the code, the code as SVG."""

    label: str
    address: str
    svg: SafeString


def poster(*, label: str, token: str) -> Poster:
    """Return the poster of the loan code *token*; a quarter of the code may be dirty or torn and it still reads."""
    address = f"{settings.PUBLIC_URL.rstrip('/')}/c/{token}"
    drawing = segno.make(address, error="q", micro=False).svg_inline(scale=1, border=4, omitsize=True, dark="#0b3b45")
    return Poster(label, address, mark_safe(drawing))  # noqa: S308 - drawn by segno from an address we made
