"""Loan codes (三晋贷款码): made by offices, hung on walls, scanned by firms; where a demand came from is counted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db.models import F

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing.models import LoanCode
from huoshui.financing.perform import refuse_if, require, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Stale
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "market": Text("市场商圈", "Market"),
    "branch": Text("银行网点", "Branch"),
    "guarantor": Text("担保机构", "Guarantor"),
    "product": Text("专属产品", "Product"),
    "staff": Text("工作人员", "Staff"),
    "event": Text("对接活动", "Event"),
    "hall": Text("服务大厅", "Service hall"),
}
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread when typed from a poster


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """Where a scanned code hung."""

    id: int
    token: str
    kind: str
    label: str
    district_code: str
    product_id: int | None
    organisation_id: int | None


def create_code(
    actor: Actor,
    *,
    kind: str,
    label: str,
    district_code: str = "",
    organisation_id: int | None = None,
    product_id: int | None = None,
) -> ScannedCode:
    """Make a code to print. *district_code*: where it hangs; an office makes codes for its own district."""
    require(actor, Permission.MANAGE_CODES)
    refuse_if(_problems(actor, kind, label, district_code, product_id))
    with writing():
        row = LoanCode.objects.create(
            token="".join(secrets.choice(_ALPHABET) for _ in range(10)),
            kind=kind,
            label=label.strip(),
            district_code=district_code,
            organisation_id=organisation_id,
            product_id=product_id,
            created_by_id=actor.person_id,
            created_at=clock.now(),
        )
        record(actor, "CODE_CREATED", ("loan_code", row.pk), facts={"label": row.label, "kind": kind})
    return _scanned(row)


def _problems(actor: Actor, kind: str, label: str, district_code: str, product_id: int | None) -> list[Problem]:
    found = []
    if kind not in KINDS:
        found.append(Problem("code_kind", Text("没有这种类型。", "There is no such kind."), "kind", kind))
    if not label.strip() or len(label.strip()) > 80:
        found.append(
            Problem("code_label", Text("名称为 1 到 80 个字。", "A name of 1 to 80 characters."), "label", label)
        )
    if district_code and actor.district and not district_code.startswith(actor.district):
        said = Text("只能为本区县生成贷款码。", "Only for your own district.")
        found.append(Problem("code_district", said, "district_code", district_code))
    if product_id is not None and catalogue.offer(product_id) is None:
        found.append(Problem("code_product", Text("产品没有上架。", "Not offered now."), "product_id", product_id))
    return found


def scan_code(token: str) -> ScannedCode:
    """Count a scan and return where the code hangs. Raises DomainError code_unknown; the firm may apply all the same."""
    with writing():
        found = LoanCode.objects.filter(token=token.strip().upper()[:12]).first()
        if found is None or not found.active:
            words = Text("这个贷款码不存在或已停用。", "This loan code does not exist or is out of use.")
            remedy = Text("不影响申请，可以直接填写需求。", "You can apply all the same.")
            raise DomainError("code_unknown", words, field="token", value=token[:20], remedy=remedy)
        LoanCode.objects.filter(pk=found.pk).update(scans=F("scans") + 1)
    return _scanned(found)


def close_code(actor: Actor, *, code_id: int) -> None:
    """Put a code out of use; what came through it stays counted."""
    require(actor, Permission.MANAGE_CODES)
    row = scope(actor, LoanCode.objects.filter(pk=code_id)).first()
    with writing():
        if row is None or LoanCode.objects.filter(pk=code_id, active=True).update(active=False) != 1:
            raise Stale(what="loan_code")
        record(actor, "CODE_CLOSED", ("loan_code", row.pk), facts={"label": row.label})


def _scanned(row: LoanCode) -> ScannedCode:
    return ScannedCode(row.pk, row.token, row.kind, row.label, row.district_code, row.product_id, row.organisation_id)
