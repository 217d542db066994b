"""Products: a bank drafts terms and submits them, another person at the office decides, the bank withdraws."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Max

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import actions as audit
from huoshui.catalogue import authority, criteria, freshness, lifecycle, queries, terms
from huoshui.catalogue.constraints import act
from huoshui.catalogue.lifecycle import Act, State
from huoshui.catalogue.models import Institution, Product, ProductVersion
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text

CODE = re.compile(r"^[A-Z0-9-]{3,20}$")
ONE_DAY = dt.timedelta(days=1)
OPEN = (State.DRAFT, State.SUBMITTED)


@act
def draft_product(actor: Actor, *, code: str, terms_given: Mapping[str, Any], institution_id: int | None = None) -> int:
    """Start a product with a first draft of its terms; return the id of the draft.

    *terms_given*: ``name``, ``name_en``, ``summary``, ``summary_en``, ``amount_min`` and ``amount_max`` (元 as text),
    ``term_min_months``, ``term_max_months``, ``rate_kind`` with ``rate_pct`` (percent as text) or ``spread_bp``,
    ``methods``, ``collateral``, ``papers``, ``fees``, ``criteria``, ``districts``, ``exclusive_to``, ``valid_from``,
    ``valid_to``. *institution_id*: the actor's own by default. Raises Refused with every problem.
    """
    bank = _institution(actor, institution_id)
    problems = [*_code_problems(code), *_problems(terms_given)]
    if problems:
        raise Refused(problems)
    names = {"name": terms_given["name"].strip(), "name_en": (terms_given.get("name_en") or "").strip()}
    product = Product.objects.create(institution=bank, code=code, created_at=clock.now(), **names)
    return _new_draft(actor, product, terms_given)


@act
def draft_version(actor: Actor, *, product_id: int, terms_given: Mapping[str, Any]) -> int:
    """Start the next version of a product; return the id of the draft. One draft at a time."""
    product = Product.objects.select_for_update(of=("self",)).get(pk=product_id)
    _institution(actor, product.institution_id)
    problems = [*_open_problems(product), *_name_problems(product, terms_given), *_problems(terms_given)]
    if problems:
        raise Refused(problems)
    return _new_draft(actor, product, terms_given)


@act
def edit_draft(
    actor: Actor, *, version_id: int, terms_given: Mapping[str, Any], seen_version: int | None = None
) -> None:
    """Replace the terms of a draft. Raises Refused with every problem, Stale where somebody else changed it."""
    row = _row(version_id)
    _decide(actor, row, Act.EDIT)
    problems = [*_name_problems(row.product, terms_given), *_problems(terms_given)]
    if problems:
        raise Refused(problems)
    _rename(row.product, terms_given)
    _move(actor, row, Act.EDIT, seen_version, changes=terms.columns(terms_given))


@act
def submit_version(actor: Actor, *, version_id: int, seen_version: int | None = None) -> None:
    """Hand a draft to the office; its terms are fixed from now on."""
    changes = {"submitted_by_id": actor.person_id, "submitted_at": clock.now()}
    _perform(actor, version_id, Act.SUBMIT, seen_version, changes=changes)


@act
def approve_version(actor: Actor, *, version_id: int, seen_version: int | None = None, note: str = "") -> None:
    """Let a submitted version be offered from its first day; the version before it ends the day before."""
    row = _row(version_id)
    _decide(actor, row, Act.APPROVE, note)
    Product.objects.select_for_update().get(pk=row.product_id)
    _close_former(row)
    _move(actor, row, Act.APPROVE, seen_version, reason=note, changes=_decided(actor, note))


@act
def reject_version(actor: Actor, *, version_id: int, note: str, seen_version: int | None = None) -> None:
    """Send a submitted version back with the reason; the bank starts a new draft from it."""
    _perform(actor, version_id, Act.REJECT, seen_version, reason=note, changes=_decided(actor, note))


@act
def withdraw_version(actor: Actor, *, version_id: int, reason: str, seen_version: int | None = None) -> None:
    """Take back a submitted version, or stop offering an approved one from today. Running cases go on."""
    row = _row(version_id)
    changes: dict[str, Any] = {"withdrawn_on": clock.today()}
    if row.state == State.SUBMITTED:
        changes = {"decided_at": clock.now(), "decision_note": reason}
    _perform(actor, version_id, Act.WITHDRAW, seen_version, reason=reason, changes=changes)


@act
def remove_version(actor: Actor, *, version_id: int, reason: str, seen_version: int | None = None) -> None:
    """Let the office stop an approved version from today."""
    changes = {"withdrawn_on": clock.today()}
    _perform(actor, version_id, Act.REMOVE, seen_version, reason=reason, changes=changes)


def _perform(
    actor: Actor, version_id: int, act: Act, seen: int | None, *, changes: Mapping[str, Any], reason: str = ""
) -> None:
    row = _row(version_id)
    _decide(actor, row, act, reason)
    _move(actor, row, act, seen, changes=changes, reason=reason)


def _row(version_id: int) -> ProductVersion:
    found = ProductVersion.objects.select_related("product__institution__organisation")
    try:
        return found.get(pk=version_id)
    except ProductVersion.DoesNotExist:
        said = Text("没有这个产品版本。", "There is no such product version.")
        raise DomainError("product_version_unknown", said, field="version_id", value=version_id) from None


def _decide(actor: Actor, row: ProductVersion, act: Act, reason: str = "") -> None:
    facts = lifecycle.Facts(row.product.institution.organisation.path, row.submitted_by_id, reason)
    lifecycle.decide(State(row.state), act, actor=actor, facts=facts).or_refuse()


def _move(
    actor: Actor, row: ProductVersion, act: Act, seen: int | None, *, changes: Mapping[str, Any], reason: str = ""
) -> None:
    step = lifecycle.TRANSITIONS[State(row.state), act]
    expected = row.version if seen is None else seen
    same = ProductVersion.objects.filter(pk=row.pk, state=row.state, version=expected)
    if same.update(state=step.to, version=F("version") + 1, **changes) != 1:
        raise Stale(what="product_version")
    facts = {"name": row.product.name, "number": row.number, "valid_from": row.valid_from.isoformat()}
    audit.record(actor, step.event, ("product_version", row.pk), topic=_topic(row), facts=facts, reason=reason)
    freshness.forget()


def _topic(row: ProductVersion) -> str:
    return f"product:{row.product_id}"


def _decided(actor: Actor, note: str) -> dict[str, Any]:
    return {"decided_by_id": actor.person_id, "decided_at": clock.now(), "decision_note": note}


def _new_draft(actor: Actor, product: Product, given: Mapping[str, Any]) -> int:
    last = product.versions.aggregate(last=Max("number"))["last"] or 0
    _rename(product, given)
    row = ProductVersion.objects.create(
        product=product,
        number=last + 1,
        drafted_by_id=actor.person_id,
        drafted_at=clock.now(),
        **terms.columns(given),
    )
    facts = {"name": product.name, "number": row.number}
    audit.record(actor, "PRODUCT_DRAFTED", ("product_version", row.pk), topic=_topic(row), facts=facts)
    freshness.forget()
    return row.pk


def _institution(actor: Actor, institution_id: int | None) -> Institution:
    authority.require(actor, Permission.EDIT_PRODUCTS)
    found = Institution.objects.select_related("organisation")
    wanted = actor.organisation_id if institution_id is None else institution_id
    bank = found.filter(pk=wanted).first()
    if bank is None:
        said = Text("您所在的机构还没有登记为金融机构。", "Your organisation is not registered as an institution.")
        raise DomainError("institution_unknown", said, field="institution_id", value=wanted)
    authority.require_own(actor, bank.organisation.path)
    return bank


def _problems(given: Mapping[str, Any]) -> list[Problem]:
    return [*terms.judge(given, limits=queries.limits()), *criteria.problems(given.get("criteria"))]


def _code_problems(code: str) -> list[Problem]:
    if not CODE.match(code):
        said = Text("产品代码为 3 至 20 位大写字母、数字或短横。", "A code has 3 to 20 capitals, digits or hyphens.")
        return [Problem("product_code", said, "code", code)]
    if Product.objects.filter(code=code).exists():
        return [Problem("product_code_taken", Text("产品代码已被使用。", "The code is taken."), "code", code)]
    return []


def _open_problems(product: Product) -> list[Problem]:
    if not product.versions.filter(state__in=OPEN).exists():
        return []
    said = Text("已有一个草稿或待审核的版本。", "There is already a draft or a submitted version.")
    return [Problem("version_open", said, "product", product.code, Text("请先处理它。", "Finish that one first."))]


def _name_problems(product: Product, given: Mapping[str, Any]) -> list[Problem]:
    name = str(given.get("name") or "").strip()
    known = product.versions.filter(state__in=[State.APPROVED, State.WITHDRAWN]).exists()
    if name == product.name or not known:
        return []
    said = Text("上架过的产品不能改名。", "A product that was offered keeps its name.")
    return [Problem("product_name", said, "name", name, Text("请新建一个产品。", "Start a new product."))]


def _rename(product: Product, given: Mapping[str, Any]) -> None:
    product.name, product.name_en = given["name"].strip(), (given.get("name_en") or "").strip()
    product.save(update_fields=["name", "name_en"])


def _close_former(row: ProductVersion) -> None:
    """End the approved version that *row* follows; refuse where another starts on its first day or later."""
    others = ProductVersion.objects.filter(product_id=row.product_id, state=State.APPROVED)
    if row.valid_to is not None:
        others = others.filter(valid_from__lte=row.valid_to)
    clashing = [other for other in others if other.valid_to is None or other.valid_to >= row.valid_from]
    if any(other.valid_from >= row.valid_from for other in clashing):
        said = Text("已有同日或更晚生效的版本。", "Another version starts on that day or later.")
        remedy = Text("请先下架那个版本，或改用更晚的生效日期。", "Withdraw it, or start later.")
        raise Refused([Problem("version_overlap", said, "valid_from", row.valid_from.isoformat(), remedy)])
    if clashing and row.valid_from < clock.today():
        said = Text("新版本的生效日期已过。", "The first day of the new version has passed.")
        remedy = Text("请退回并改用今天或以后的日期。", "Send it back for a day from today on.")
        raise Refused([Problem("version_past", said, "valid_from", row.valid_from.isoformat(), remedy)])
    for other in clashing:
        ProductVersion.objects.filter(pk=other.pk).update(valid_to=row.valid_from - ONE_DAY, version=F("version") + 1)
