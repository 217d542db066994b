"""Finding a firm by name, part of its name, pinyin initials or credit code; ranked, and open to anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from huoshui.kernel.text import Text
from huoshui.registry import masking
from huoshui.registry.divisions import district_name
from huoshui.registry.imports.cells import half_width
from huoshui.registry.models import Enterprise

_LATIN = re.compile(r"[0-9A-Za-z]+")
_CODE = re.compile(r"[0-9A-Za-z]{4,18}")
LONGEST = 60
INNER = 3  # so many initials are looked for inside a name too; fewer at its beginning only
SAMPLE = 2_000  # firms looked at to judge how many a text will find


@dataclass(frozen=True, slots=True)
class Hit:
    """One firm found. *address* is masked, and empty for the public."""

    id: int
    uscc: str
    name: str
    district_code: str
    district: Text
    kind: str
    status: str
    address: str = ""


def asked(text: str) -> tuple[str, str]:
    """Return the words to look for and, where they may be pinyin initials, the letters in lower case."""
    words = re.sub(r"\s+", "", half_width(text))[:LONGEST]
    # brackets in registered names are full width; half_width made them ASCII
    named = words.replace("(", "（").replace(")", "）")
    return named, words.lower() if _LATIN.fullmatch(words) else ""


def search(text: str, *, limit: int = 10, addresses: bool = False) -> list[Hit]:
    """Return up to *limit* firms, best first: code, whole name, beginning, part, initials, beginning of a code.

    Public columns only; *addresses* adds the masked address, for people who may read the register.
    """
    words, latin = asked(text)
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_search(%s, %s, %s)", [words, latin, limit])
        found = cursor.fetchall()
    where = _addresses([row[0] for row in found]) if addresses else {}
    return [
        Hit(number, uscc, name, district, district_name(district), kind, status, where.get(number, ""))
        for number, uscc, name, district, kind, status, _ in found
    ]


def _addresses(ids: list[int]) -> dict[int, str]:
    rows = Enterprise.objects.filter(pk__in=ids).values_list("pk", "address")
    return {number: masking.mask_address(address) for number, address in rows}


def matching(firms: QuerySet[Enterprise], text: str) -> QuerySet[Enterprise]:
    """Return those of *firms* that *text* matches (name, code, initials), for filters of lists; none for no words."""
    words, latin = asked(text)
    if not words:
        return firms.none()
    return firms.filter(pk__in=RawSQL("SELECT registry_match(%s, %s)", [words, latin]))  # noqa: S611 - bound values


def named(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return those of *rows*, which have an ``enterprise``, whose firm *text* matches (name, code, initials).

    The index names the firms found one by one; where it would name every other firm of the register ("太原"), the rows
    are looked through in their order instead, so that a page fills at once. A sample tells which.
    """
    words, latin = asked(text)
    if not words:
        return rows.none()
    some = Enterprise.objects.values_list("name", "name_initials", "uscc")[:SAMPLE]
    start = words.upper()
    hits = sum(words in name or code.startswith(start) or _initialled(short, latin) for name, short, code in some)
    if hits * 4 < SAMPLE:
        return rows.filter(enterprise_id__in=RawSQL("SELECT registry_match(%s, %s)", [words, latin]))  # noqa: S611 - bound values
    wanted = Q(enterprise__name__contains=words) if len(words) > 1 else Q(enterprise__name__startswith=words)
    if _CODE.fullmatch(words):
        wanted |= Q(enterprise__uscc__startswith=words.upper())
    if latin:
        how = "contains" if len(latin) >= INNER else "startswith"
        wanted |= Q(**{f"enterprise__name_initials__{how}": latin})
    return rows.filter(wanted)


def _initialled(short: str, latin: str) -> bool:
    return bool(latin) and (latin in short if len(latin) >= INNER else short.startswith(latin))
