"""The registration of a mortgage or pledge: opened by the contract, needed before the first money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing.models import Demand, Loan, SecurityRegistration
from huoshui.financing.papers import PAPERS
from huoshui.financing.perform import loan_of, log, refuse_if, require, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text

LOCAL, CROSS = "local", "cross_province"
PLACES: dict[str, Text] = {LOCAL: Text("本地登记", "Local registry"), CROSS: Text("跨省通办", "Another province")}
SECURED = ("mortgage", "pledge")
_DAYS = {LOCAL: "registration.local_days", CROSS: "registration.cross_days"}
# what the registry asks for, by kind of security; codes of catalogue/papers.py where the platform knows the paper
REGISTRY_PAPERS: dict[str, Text] = {
    "application": Text("登记申请书", "Application"),
    "loan_contract": Text("借款合同", "Loan contract"),
    "security_contract": Text("抵押（质押）合同", "Security contract"),
    "title": Text("不动产权证或权利凭证", "Title deed or certificate"),
    "identity": Text("双方身份证明", "Identity of both parties"),
}


def open_registration(actor: Actor, loan: Loan, demand: Demand) -> None:
    """Open the task of a secured loan's registration, due so many working days from now. Inside `writing`."""
    if loan.collateral not in SECURED:
        return
    row = SecurityRegistration.objects.create(loan=loan, due_on=_due(LOCAL), opened_at=clock.now())
    log(actor, "SECURITY_TO_REGISTER", demand.pk, {"due": row.due_on.isoformat()}, referral_id=loan.referral_id or 0)


def unregistered(loan_id: int) -> bool:
    """Return whether money must wait for the registration of the security."""
    return SecurityRegistration.objects.filter(loan_id=loan_id, registered_on__isnull=True).exists()


def submit_registration(
    actor: Actor, *, loan_id: int, place: str, office: str, papers: Sequence[str], submitted_on: dt.date
) -> None:
    """Record that the papers were handed to the registry, here or in another province; the deadline follows the place."""
    row, loan = _open_row(actor, loan_id)
    missing = [code for code in REGISTRY_PAPERS if code not in papers]
    found: list[Problem] = []
    if place not in PLACES:
        found.append(
            Problem("place_unknown", Text("请选择本地或跨省。", "Choose local or cross-province."), field="place")
        )
    if not office.strip():
        found.append(Problem("office_missing", Text("请填写登记机构。", "Name the registry."), field="office"))
    if missing:
        names = Text(
            "、".join(REGISTRY_PAPERS[c].zh for c in missing), ", ".join(REGISTRY_PAPERS[c].en for c in missing)
        )
        words = Text(f"登记材料不全：缺 {names.zh}。", f"Papers missing: {names.en}.")
        found.append(Problem("papers_missing", words, field="papers", value=missing))
    found += _day("submitted_on", submitted_on, loan.signed_on)
    refuse_if(found)
    with writing():
        due = _due(place, loan.signed_on)
        values = {"place": place, "office": office.strip(), "papers": list(papers), "submitted_on": submitted_on}
        _swap(row, due_on=due, recorded_by_id=actor.person_id, **values)
        _log(actor, "SECURITY_SUBMITTED", loan, {"office": office.strip(), "due": due.isoformat()})


def complete_registration(actor: Actor, *, loan_id: int, certificate_no: str, registered_on: dt.date) -> None:
    """Record the registry's certificate; from here on money may be paid out."""
    row, loan = _open_row(actor, loan_id)
    found: list[Problem] = []
    if row.submitted_on is None:
        words = Text("请先登记材料递交情况。", "Record first that the papers were handed in.")
        found.append(Problem("not_submitted", words, field="registered_on"))
    if not certificate_no.strip():
        found.append(
            Problem("certificate_missing", Text("请填写登记证明号。", "Give the certificate."), field="certificate_no")
        )
    found += _day("registered_on", registered_on, row.submitted_on or loan.signed_on)
    refuse_if(found)
    with writing():
        _swap(row, registered_on=registered_on, certificate_no=certificate_no.strip(), recorded_by_id=actor.person_id)
        _log(actor, "SECURITY_REGISTERED", loan, {"certificate": certificate_no.strip()})


def _open_row(actor: Actor, loan_id: int) -> tuple[SecurityRegistration, Loan]:
    require(actor, Permission.MANAGE_LOANS)
    loan = loan_of(actor, loan_id)
    row = SecurityRegistration.objects.filter(loan_id=loan_id).first()
    if row is None or row.registered_on:
        words = Text("这笔贷款没有待办的抵质押登记。", "No registration is open for this loan.")
        raise DomainError("no_registration", words, field="loan_id", value=loan_id)
    return row, loan


def _swap(row: SecurityRegistration, **changes: object) -> None:
    if SecurityRegistration.objects.filter(pk=row.pk, registered_on__isnull=True).update(**changes) != 1:
        words = Text("刚刚有人登记完成。", "Somebody has just recorded it.")
        raise DomainError("no_registration", words, field="loan_id", value=row.loan_id)


def _due(place: str, start: dt.date | None = None) -> dt.date:
    return catalogue.calendar().due(start or clock.today(), days=catalogue.parameter(_DAYS[place])).on


def _day(field: str, day: dt.date, first: dt.date) -> list[Problem]:
    if first <= day <= clock.today():
        return []
    words = Text(f"日期应在 {first} 到今天之间。", f"The date is between {first} and today.")
    return [Problem("registration_day", words, field=field, value=day)]


def _log(actor: Actor, kind: str, loan: Loan, facts: dict[str, object]) -> None:
    case = loan.referral
    if case is not None:
        log(actor, kind, case.demand_id, facts, referral_id=case.pk)


def paper_name(code: str) -> Text:
    """Return the name of a paper that the registry or the platform knows."""
    return REGISTRY_PAPERS.get(code) or (PAPERS[code].name if code in PAPERS else Text(code, code))
