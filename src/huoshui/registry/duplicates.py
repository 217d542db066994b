"""Records that may be one firm: finding them in blocks, and moving what hangs on one to the other and back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.registry.models import Enterprise

# rows that tell of the record itself, and so stay with it
_STAYS = {"enterprise", "enterprisechange", "merge", "correction", "factsheethistory"}
_SIMILAR = 0.85  # share of a name's characters in common; below it pairs are mostly neighbours in one building
_BLOCK_LIMIT = 60  # a block beyond this size (a market hall) would compare everybody with everybody
_ENDINGS = re.compile(r"(股份有限公司|有限责任公司|有限公司|分公司|公司|厂|店|经营部|商行|合作社)$")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one firm: *score* 0–100, and what they have in common."""

    first_id: int
    first_name: str
    first_uscc: str
    second_id: int
    second_name: str
    second_uscc: str
    address: str
    score: int
    why: str  # same_name_and_address, same_name, similar_name


def comparable(text: str) -> str:
    """Return a name or address without blanks, brackets, widths and the ending that only tells the legal form."""
    narrow = unicodedata.normalize("NFKC", text).lower()
    return _ENDINGS.sub("", re.sub(r"[\s()\[\]（）·,，.。\-—]+", "", narrow))


def find(actor: Actor, *, district: str = "", limit: int = 100) -> list[Pair]:
    """Return pairs of records within the actor's sight that may be one firm, most alike first.

    Compared are firms of one district with the same name, or at the same address with similar names.
    """
    firms = scope(actor, Enterprise.objects.filter(merged_into__isnull=True, district_code__startswith=district))
    blocks: dict[tuple[str, str, str], list[tuple[int, str, str, str]]] = {}
    for row in firms.order_by("id").values_list("id", "uscc", "name", "address", "district_code").iterator(20_000):
        number, code, name, address, where = row
        firm = (number, code, name, address)
        blocks.setdefault(("name", where, comparable(name)), []).append(firm)
        if len(address) >= 8:  # "太原市迎泽区" is no address
            blocks.setdefault(("address", where, comparable(address)), []).append(firm)
    pairs: dict[tuple[int, int], Pair] = {}
    for block in blocks.values():
        if 1 < len(block) <= _BLOCK_LIMIT:
            _compare(block, pairs)
    return sorted(pairs.values(), key=lambda pair: (-pair.score, pair.first_id, pair.second_id))[:limit]


def _compare(block: list[tuple[int, str, str, str]], pairs: dict[tuple[int, int], Pair]) -> None:
    for place, first in enumerate(block):
        for second in block[place + 1 :]:
            if (pair := judge(first, second)) and (pair.first_id, pair.second_id) not in pairs:
                pairs[pair.first_id, pair.second_id] = pair


def judge(first: tuple[int, str, str, str], second: tuple[int, str, str, str]) -> Pair | None:
    """Return how alike two records (id, code, name, address) are, or None when they are different firms."""
    names = comparable(first[2]), comparable(second[2])
    same_place = bool(first[3]) and comparable(first[3]) == comparable(second[3])
    alike = SequenceMatcher(None, *names, autojunk=False).ratio()
    if names[0] == names[1]:
        score, why = (100, "same_name_and_address") if same_place else (80, "same_name")
    elif same_place and alike >= _SIMILAR:
        score, why = round(alike * 95), "similar_name"
    else:
        return None
    return Pair(first[0], first[2], first[1], second[0], second[2], second[1], first[3], score, why)


def _followers() -> list[tuple[type[Model], str]]:
    """Return every table and column that points to a firm, of whatever package, except those that stay.

    Packages below this one (notices) and beside it keep plain numbers in columns of this name: they follow as well.
    """
    return [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if (field.related_model is Enterprise or (field.name == "enterprise_id" and field.related_model is None))
        and model._meta.model_name not in _STAYS
        and not model._meta.proxy
    ]


def move_over(absorbed_id: int, survivor_id: int) -> dict[str, list[Any]]:
    """Point everything that hangs on the absorbed record to the survivor; returns the ids by table and column.

    A row that the survivor has already (its fact sheet of the same department, its open consent) stays where it is.
    """
    moved: dict[str, list[Any]] = {}
    for model, column in _followers():
        name = f"{model._meta.label}.{column}"
        for key in list(model._default_manager.filter(**{column: absorbed_id}).values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=key).update(**{column: survivor_id})
            except IntegrityError:
                continue
            moved.setdefault(name, []).append(key)
    return moved


def move_back(moved: dict[str, list[Any]], absorbed_id: int) -> None:
    """Return to the absorbed record what `move_over` had moved from it."""
    for name, keys in moved.items():
        label, _, column = name.rpartition(".")
        apps.get_model(label)._default_manager.filter(pk__in=keys).update(**{column: absorbed_id})
