"""Complaints and objections: taken in, owned, answered in time, escalated when not, opened again when it did not help."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing import actions as financing_acts
from huoshui.financing import queries as financing
from huoshui.financing.perform import person_of, refuse_if, require, swap, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.service import complaints
from huoshui.service.models import Complaint

_P = Permission
MOST_OPEN = 20  # open matters of one firm: beyond it somebody is called rather than written to


@dataclass(frozen=True, slots=True)
class Filed:
    """What was made of a matter: its id, number, state and what the firm is told."""

    id: int
    number: str
    state: str
    told: Text


def file_complaint(
    actor: Actor,
    *,
    kind: str,
    subject: str,
    words: str,
    enterprise_id: int | None = None,
    target_id: int | None = None,
    evidence: str = "",
    reference: str = "",
    contact: str = "",
    district_code: str = "",
    by: dt.date | None = None,
) -> Filed:
    """Take a matter in, from a firm's owner for their firm, or by the desk for somebody who called.

    *target_id*: the organisation it is about. *reference*: what it is about (``payment_notice:12``, a contract number).
    An objection to a public notice of funds comes in with subject ``notice`` and its reference. *by*: the day it is
    answered by where that is earlier than usual.
    """
    refuse_if(_problems(actor, kind, subject, words, enterprise_id, target_id, contact))
    met = subject != "bank" or _met(actor, enterprise_id, target_id)
    taken = complaints.sort(kind, subject, met=met, evidence=evidence)
    where = _district(actor, enterprise_id) or district_code or actor.district
    target = offices.organisation(target_id) if target_id else None
    with writing():
        row = Complaint.objects.create(
            number=_number(), kind=taken.kind, subject=subject, enterprise_id=enterprise_id, person_id=actor.person_id,
            contact=contact.strip(), district_code=where, target_id=target_id, target_path=target.path if target else "",
            reference=reference.strip(), met=met, words=words.strip(), evidence=evidence.strip(), state=taken.state,
            due_on=min(by or dt.date.max, _due(kind)), received_at=clock.now(),
        )  # fmt: skip
        facts = {"number": row.number, "kind": _pair(complaints.KINDS[kind])}
        record(actor, "COMPLAINT_FILED", ("complaint", row.pk), topic=f"complaint:{row.pk}", facts=facts)
        _tell_office(actor, row, "COMPLAINT_WAITS")
    return Filed(row.pk, row.number, row.state, taken.told)


def act_on_complaint(
    actor: Actor, *, complaint_id: int, act: str, words: str = "", stars: int = 0, seen: int | None = None
) -> str:
    """Do *act* (of complaints.ACTS) on a matter; return its state. A mark of 1 or 2 opens it again."""
    row = _complaint(actor, complaint_id)
    side = "firm" if actor.kind == "owner" else "office"
    if side == "office":
        require(actor, _P.HANDLE_COMPLAINTS)
    refuse_if(_act_problems(actor, row, side, act, words, stars))
    changes = _changes(actor, row, act, words, stars)
    with writing():
        swap(row, seen, **changes)
        facts = {
            "act": _pair(complaints.ACTS[act]),
            "words": words.strip(),
            "state": _pair(complaints.STATES[row.state]),
        }
        record(actor, "COMPLAINT_MOVED", ("complaint", row.pk), topic=f"complaint:{row.pk}", facts=facts)
        if side == "office":
            _tell_firm(actor, row)
        elif act != "withdraw":
            _tell_office(actor, row, "COMPLAINT_WAITS")
    return row.state


def state_case(actor: Actor, *, complaint_id: int, words: str) -> None:
    """Keep what the institution says to a complaint about it, for whoever answers it."""
    require(actor, _P.READ_CASES, _P.HANDLE_GUARANTEES)
    row = _complaint(actor, complaint_id)
    problems = []
    if not row.target_path.startswith(actor.org_path or "-") or actor.org_kind not in ("bank", "guarantor"):
        said = Text("只有被投诉的机构可以说明。", "Only the institution it is about states its case.")
        problems.append(Problem("complaint_target", said, "complaint", row.number))
    if row.state not in complaints.OPEN:
        state = complaints.STATES[row.state]
        said = Text(f"这件投诉{state.zh}，不再收说明。", f"It is {state.en.lower()}: no statement is taken.")
        problems.append(Problem("complaint_over", said, "complaint", row.number))
    if not words.strip():
        problems.append(Problem("complaint_words", Text("请写明情况。", "Say what happened."), "words", words))
    refuse_if(problems)
    with writing():
        facts = {"bank": actor.organisation_name, "words": words.strip()}
        record(actor, "COMPLAINT_STATED", ("complaint", row.pk), topic=f"complaint:{row.pk}", facts=facts)
        _tell_office(actor, row, "COMPLAINT_STATED")


def rate_service(actor: Actor, *, demand_id: int, stars: int, comment: str = "") -> None:
    """Keep what a firm thought of a demand's way; few stars become a matter about whoever had it, or open it again.

    A low rating is answered in one place: as a matter, by `rating.answer_days`; only where the matter was opened as often
    as it may be does the rating itself wait for the taskforce.
    """
    with transaction.atomic():
        low = stars <= catalogue.parameter("rating.low_stars")
        with writing():
            taken = low and _from_rating(actor, demand_id, stars, comment)
        financing_acts.rate_case(actor, demand_id=demand_id, stars=stars, comment=comment, is_matter=taken)


def _from_rating(actor: Actor, demand_id: int, stars: int, comment: str) -> bool:
    """Make or open the matter about a demand; return whether there is one now that will be answered."""
    words = comment.strip() or f"对融资服务评价 {stars} 星，未留言。"
    reference = f"demand:{demand_id}"
    firm = financing.demands(actor).filter(pk=demand_id).values_list("enterprise_id", flat=True).first()
    if firm is None:
        return False  # the rating itself is refused, in its own words
    known = Complaint.objects.filter(enterprise_id=firm, reference=reference).order_by("-pk").first()
    try:
        if known is None:
            _file_rating(actor, demand_id, firm, words, reference)
        elif known.state in ("answered", "closed"):
            act_on_complaint(actor, complaint_id=known.pk, act="reopen", words=words)
    except Refused:
        return False  # opened as often as it may be, or too many matters under way
    return known is None or known.state not in ("refused", "withdrawn")


def _file_rating(actor: Actor, demand_id: int, firm: int, words: str, reference: str) -> None:
    case = financing.cases(actor, enterprise=firm).filter(demand_id=demand_id).order_by("decided_at", "pk").last()
    target = {"subject": "bank", "target_id": case.bank_id} if case else {"subject": "platform"}
    by = catalogue.calendar().due(clock.now(), days=catalogue.parameter("rating.answer_days")).on
    file_complaint(actor, kind="complaint", words=words, enterprise_id=firm, reference=reference, by=by, **target)


def escalate_late(actor: Actor) -> int:
    """Tell the offices above of matters past their day, once a level (district, city); return how many. A job."""
    late = Complaint.objects.filter(state__in=complaints.OPEN, due_on__lt=clock.today(), escalated__lt=2)
    count = 0
    for row in list(late):
        with writing():
            changes = {"escalated": row.escalated + 1}
            swap(row, None, **changes)
            facts = {"number": row.number, "level": row.escalated}
            record(actor, "COMPLAINT_LATE", ("complaint", row.pk), topic=f"complaint:{row.pk}", facts=facts)
            _tell_office(actor, row, "COMPLAINT_IS_LATE", above=True)
        count += 1
    return count


def _changes(actor: Actor, row: Complaint, act: str, words: str, stars: int) -> dict[str, Any]:
    state, now = complaints.TRANSITIONS[row.state, act][0], clock.now()
    if act == "accept":
        return {"state": state, "owner_id": person_of(actor)}
    if act == "reply":
        return {"state": state, "reply": words.strip(), "answered_at": now}
    if act == "add_evidence":
        return {"state": state, "evidence": f"{row.evidence}\n{words.strip()}".strip(), "due_on": _due(row.kind)}
    if act == "rate":
        low, most = catalogue.parameter("complaint.low_score"), catalogue.parameter("complaint.reopen_limit")
        state = complaints.after_rating(stars, low=low, reopened=row.reopened, most=most)
        if state == "accepted":
            return {"state": state, "satisfaction": stars, "reopened": row.reopened + 1, "due_on": _due(row.kind)}
        return {"state": state, "satisfaction": stars, "closed_at": now}
    if act == "ask_evidence":
        return {"state": state, "reply": words.strip()}
    if act == "reopen":
        more = f"{row.evidence}\n{words.strip()}".strip()
        # what was withdrawn before anybody took it up has no owner to go back to
        state = state if row.owner_id else "received"
        return {
            "state": state,
            "evidence": more,
            "reopened": row.reopened + 1,
            "due_on": _due(row.kind),
            "closed_at": None,
        }
    return {"state": state, "reply": words.strip() or row.reply, "closed_at": now}


def _act_problems(actor: Actor, row: Complaint, side: str, act: str, words: str, stars: int) -> list[Problem]:
    if act not in complaints.acts(row.state, side, mine=row.owner_id == actor.person_id):
        said = Text(
            f"“{complaints.STATES[row.state].zh}”时不能做这项操作，或应由承办人办理。",
            f"Not while it is “{complaints.STATES[row.state].en}”, or only by whoever took it up.",
        )
        return [Problem("complaint_act", said, "act", act)]
    found = []
    most = catalogue.parameter("complaint.reopen_limit")
    if act == "reopen" and row.reopened >= most:
        said = Text(
            f"已重新办理 {row.reopened} 次（最多 {most} 次），请另行提出，写明新的情况。",
            f"It was opened again {row.reopened} times (at most {most}); file a new matter with what is new.",
        )
        found.append(Problem("complaint_reopened", said, "act", row.reopened))
    if act in ("reply", "refuse", "ask_evidence", "add_evidence", "reopen") and not words.strip():
        found.append(
            Problem("complaint_words", Text("请写明内容，对方会看到。", "Say it in words; they are read."), "words")
        )
    if act == "rate" and not 1 <= stars <= 5:
        found.append(Problem("complaint_stars", Text("请选 1 到 5 分。", "Choose 1 to 5."), "stars", stars))
    return found


def _problems(
    actor: Actor, kind: str, subject: str, words: str, firm: int | None, target: int | None, contact: str
) -> list[Problem]:
    found = []
    if kind not in complaints.KINDS or subject not in complaints.SUBJECTS:
        found.append(
            Problem("complaint_kind", Text("请选择类型和对象。", "Choose what it is and about whom."), "kind", kind)
        )
    if not words.strip():
        found.append(Problem("complaint_words", Text("请写明事情经过。", "Say what happened."), "words", words))
    if subject == "bank" and target is None:
        found.append(Problem("complaint_target", Text("请选择机构。", "Choose the institution."), "target", ""))
    if actor.kind == "owner" and firm not in actor.enterprise_ids:
        found.append(Problem("complaint_firm", Text("请选择您的企业。", "Choose your firm."), "enterprise", firm))
    if actor.kind != "owner":
        require(actor, _P.HANDLE_COMPLAINTS)
        if firm is None and not contact.strip():
            said = Text("请填写来电人的称呼和电话。", "Note who called and their number.")
            found.append(Problem("complaint_contact", said, "contact", contact))
    elif Complaint.objects.filter(enterprise_id=firm or 0, state__in=complaints.OPEN).count() >= MOST_OPEN:
        said = Text(f"已有 {MOST_OPEN} 件在办，请等答复或来电。", f"{MOST_OPEN} matters are open; please wait or call.")
        found.append(Problem("complaint_many", said, "words", ""))
    return found


def _met(actor: Actor, firm: int | None, bank: int | None) -> bool:
    """Return whether the firm has had a case or a loan at the bank (or a branch below it), in the reader's sight."""
    if firm is None or bank is None:
        return False
    path = offices.organisation(bank).path
    cases = financing.cases(actor, enterprise=firm).filter(bank__path__startswith=path)
    return cases.exists() or financing.loans(actor, enterprise=firm).filter(bank__path__startswith=path).exists()


def _district(actor: Actor, firm: int | None) -> str:
    from huoshui.registry import queries as registry

    if firm is None:
        return ""
    return registry.enterprises(actor).filter(pk=firm).values_list("district_code", flat=True).first() or ""


def _due(kind: str) -> dt.date:
    days = catalogue.parameter("complaint.objection_days" if kind == "objection" else "complaint.reply_days")
    return catalogue.calendar().due(clock.now(), days=days).on


def _number() -> str:
    today = clock.today()
    taken = Complaint.objects.filter(number__startswith=f"T{today:%Y%m%d}").count()
    return f"T{today:%Y%m%d}{taken + 1:04d}"


def _complaint(actor: Actor, complaint_id: int) -> Complaint:
    row = scope(actor, Complaint.objects.filter(pk=complaint_id)).first()
    if row is None:
        words = Text("没有这件投诉，或您无权查看。", "No such matter, or not yours to see.")
        raise DomainError("complaint_unknown", words, field="complaint", value=complaint_id)
    return row


def _pair(words: Text) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _tell_firm(actor: Actor, row: Complaint) -> None:
    if row.enterprise_id:
        facts = {"number": row.number, "state": _pair(complaints.STATES[row.state])}
        link = f"/my/complaints/{row.pk}/"
        access.notify(actor, template="COMPLAINT_NEWS", facts=facts, link=link, enterprise_id=row.enterprise_id)


def _tell_office(actor: Actor, row: Complaint, template: str, *, above: bool = False) -> None:
    facts, link = {"number": row.number, "due": row.due_on.isoformat()}, f"/gov/complaints/{row.pk}/"
    if row.owner_id and not above:
        access.notify(actor, template=template, facts=facts, link=link, person_id=row.owner_id)
        return
    level = "city" if above and row.escalated > 1 else "county"
    for office in offices.organisations(kind="government"):
        if office.level == level and row.district_code.startswith(office.district_code.rstrip("0") or "-"):
            access.notify(actor, template=template, facts=facts, link=link, organisation_id=office.id)
