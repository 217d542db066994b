"""What a rule in the making may start from, by a short reference: a scheme's version, a product's, a saved draft's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.catalogue import queries, queries_schemes
from huoshui.kernel.errors import DomainError
from huoshui.portals.shared.choices import said
from huoshui.screening import queries_lab


@dataclass(frozen=True, slots=True)
class Base:
    """A rule that stands. *kind* is empty where no public money follows from it."""

    ref: str
    label: str
    criteria: dict[str, Any]
    kind: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    assumptions: Mapping[str, Any] = field(default_factory=dict)


def base(actor: Actor, ref: str) -> Base | None:
    """Return what *ref* names, None for no or an unreadable reference and for what is gone."""
    sort, _colon, rest = ref.partition(":")
    key, _colon, number = rest.rpartition(":")
    if sort not in _READERS or not number.isdigit() or (sort not in _KEYED_BY_CODE and not key.isdigit()):
        return None
    try:
        return _READERS[sort](actor, ref, key, int(number))
    except DomainError:
        return None


def choices(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every rule that may be a base, grouped for a select."""
    schemes = [
        (f"programme:{file.code}:{version.number}", _scheme_label(file, version))
        for file in queries_schemes.schemes(actor)
        for version in file.versions[:1]
    ]
    drafts = [
        (f"draft:{draft.id}:{draft.last_number}", f"{draft.name} · v{draft.last_number}")
        for draft in queries_lab.drafts(actor)
    ]
    products = [
        (f"product:{offer.product_id}:0", f"{said(offer.bank_name)} · {said(offer.name)}")
        for offer in queries.offered_products()
    ]
    lists = [(f"list:{each.code}:{each.number}", said(each.name)) for each in queries_lab.list_rules(actor)]
    found = [(_("政策项目"), schemes), (_("测算草稿"), drafts), (_("名单"), lists), (_("银行产品"), products)]
    return [(title, lines) for title, lines in found if lines]


def _scheme_label(file: queries_schemes.Scheme, version: queries_schemes.SchemeVersion) -> str:
    return f"{said(file.name)} · v{version.number} {said(version.state_name)}"


def _programme(actor: Actor, ref: str, key: str, number: int) -> Base | None:
    file = queries_schemes.scheme(actor, key)
    version = next((each for each in file.versions if each.number == number), None)
    if version is None:
        return None
    return Base(ref, _scheme_label(file, version), version.criteria, file.kind, version.terms, file.code)


def _product(actor: Actor, ref: str, key: str, number: int) -> Base | None:
    """Version 0 is the newest."""
    product = queries.product(actor, int(key))
    version = next((each for each in product.versions if number in (0, each.number)), None)
    if version is None:
        return None
    return Base(ref, f"{said(product.name)} · v{version.number}", version.terms["criteria"])


def _draft(actor: Actor, ref: str, key: str, number: int) -> Base:
    draft = queries_lab.draft(actor, int(key))
    version = draft.version(number)
    code = draft.base.split(":")[1] if draft.base.startswith("programme:") else ""
    label = f"{draft.name} · v{number}"
    return Base(ref, label, version.criteria, draft.kind, version.terms, code, version.assumptions)


def _list(actor: Actor, ref: str, key: str, number: int) -> Base | None:
    found = next((each for each in queries_lab.list_rules(actor) if each.code == key), None)
    return Base(ref, said(found.name), found.criteria) if found else None


_KEYED_BY_CODE = ("programme", "list")
_READERS = {"programme": _programme, "product": _product, "draft": _draft, "list": _list}
