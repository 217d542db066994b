"""Group and project demands (a market, a street, an industry town, a chain): members, shared papers, one special credit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing.actions_code import create_code
from huoshui.financing.batch import BatchResult, each
from huoshui.financing.models import CreditDecision, Demand, DemandGroup, GroupCredit, Invoice, Referral
from huoshui.financing.perform import demand_of, lock, log, person_of, refuse_if, require, swap, writing
from huoshui.financing.referral_lifecycle import State as CaseState
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.money import human
from huoshui.kernel.rates import to_ppm
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "market": Text("市场", "Market"),
    "street": Text("商业街", "Street"),
    "town": Text("特色产业镇", "Industry town"),
    "project": Text("项目", "Project"),
    "chain": Text("供应链", "Supply chain"),
}
_GONE = (CaseState.WITHDRAWN, CaseState.RECALLED, CaseState.DECLINED)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """An invoice that the core firm owes; *amount* in fen."""

    number: str
    amount: int
    issued_on: dt.date
    due_on: dt.date
    confirmed_on: dt.date | None = None


def create_group(
    actor: Actor,
    *,
    kind: str,
    name: str,
    district_code: str,
    organiser: str = "",
    summary: str = "",
    papers: Sequence[str] = (),
    core_enterprise_id: int | None = None,
    closes_on: dt.date | None = None,
) -> int:
    """Open a group with a loan code of its own: who applies by it is a member. Returns the group."""
    require(actor, Permission.DISPATCH_DEMANDS)
    found = []
    if kind not in KINDS:
        found.append(Problem("group_kind", Text("没有这种类型。", "There is no such kind."), field="kind", value=kind))
    if not name.strip():
        found.append(Problem("group_name", Text("请填写名称。", "Give it a name."), field="name"))
    if not district_code.startswith(actor.district):
        words = Text("只能为本区县建立。", "Only for your own district.")
        found.append(Problem("other_district", words, field="district_code", value=district_code))
    if kind == "chain" and core_enterprise_id is None:
        words = Text("供应链需求请选择核心企业。", "A supply chain needs its core firm.")
        found.append(Problem("core_missing", words, field="core_enterprise"))
    if closes_on is not None and closes_on < clock.today():
        words = Text("截止日期不能早于今天。", "It cannot close in the past.")
        found.append(Problem("group_closes", words, field="closes_on", value=closes_on))
    refuse_if(found)
    code = create_code(actor, kind="market", label=name.strip()[:80], district_code=district_code)
    with writing():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('financing_demandgroup', 'id'))")
            pk = int(cursor.fetchone()[0])
        group = DemandGroup.objects.create(
            pk=pk,
            number=f"JT{clock.now():%Y%m%d}{pk:04d}",
            kind=kind,
            name=name.strip(),
            district_code=district_code,
            organiser=organiser.strip(),
            summary=summary.strip(),
            papers=list(papers),
            core_enterprise_id=core_enterprise_id,
            loan_code_id=code.id,
            closes_on=closes_on,
            created_by_id=person_of(actor),
            created_at=clock.now(),
        )
        record(actor, "GROUP_OPENED", ("group", pk), facts={"name": group.name, "kind": KINDS[kind].zh})
    return pk


def group_of(actor: Actor, group_id: int) -> DemandGroup:
    """Return the group if *actor* may see it. Raises DomainError otherwise."""
    found = scope(actor, DemandGroup.objects.filter(pk=group_id)).first()
    if found is None:
        words = Text("没有这个集群需求，或您无权查看。", "No such group, or not yours to see.")
        raise DomainError("not_found", words, field="group", value=group_id)
    return found


def add_members(actor: Actor, *, group_id: int, demand_ids: Sequence[int]) -> BatchResult:
    """Put demands of the same district into a group; says of each whether it was done."""
    require(actor, Permission.DISPATCH_DEMANDS)
    group = group_of(actor, group_id)
    return each(demand_ids, lambda pk: _add(actor, group, pk))


def _add(actor: Actor, group: DemandGroup, demand_id: int) -> None:
    demand = demand_of(actor, demand_id)
    found = []
    if demand.group_id is not None or demand.state not in ("declared", "repairing", "recommended"):
        words = Text("这笔需求已派出、办结或已在别的集群。", "It is with banks, closed, or in another group.")
        found.append(Problem("not_addable", words, field="demand", value=demand.number))
    if demand.district_code != group.district_code or group.closed_at:
        words = Text("需求与集群不在同一区县，或集群已结束。", "Another district, or the group has ended.")
        found.append(Problem("group_elsewhere", words, field="demand", value=demand.number))
    refuse_if(found)
    with writing():
        swap(demand, group_id=group.pk)
        log(actor, "GROUP_JOINED", demand.pk, {"name": group.name})


def give_credit(
    actor: Actor,
    *,
    group_id: int,
    bank_id: int,
    amount: int,
    document_no: str,
    product_id: int | None = None,
    rate_pct: Decimal | None = None,
    term_months: int | None = None,
    plan: str = "",
) -> None:
    """Record the special credit (专项授信) a bank gives for the whole group, and its tailored plan in words. Once a group."""
    require(actor, Permission.DISPATCH_DEMANDS)
    group = group_of(actor, group_id)
    banks = {view.org_id: view.name for view in catalogue.institutions()}
    found = []
    if bank_id not in banks:
        found.append(Problem("bank_unknown", Text("没有这家银行。", "No such bank."), field="bank", value=bank_id))
    if amount <= 0:
        found.append(Problem("credit_amount", Text("额度应大于 0。", "Above 0."), field="amount", value=amount))
    if not document_no.strip():
        words = Text("请填写授信批复文号。", "Give the number of the bank's approval.")
        found.append(Problem("document_missing", words, field="document_no"))
    if GroupCredit.objects.filter(group_id=group_id).exists():
        words = Text("这个集群已有专项授信。", "The group has a special credit already.")
        found.append(Problem("credit_there", words, field="amount"))
    refuse_if(found)
    with writing():
        GroupCredit.objects.create(
            group=group,
            bank_id=bank_id,
            product_id=product_id,
            amount=amount,
            rate_ppm=None if rate_pct is None else to_ppm(rate_pct),
            term_months=term_months,
            document_no=document_no.strip(),
            plan=plan.strip(),
            recorded_by_id=person_of(actor),
            recorded_at=clock.now(),
        )
        facts = {"name": group.name, "bank": banks[bank_id].zh, "amount": human(amount).zh}
        record(actor, "GROUP_CREDIT_GIVEN", ("group", group.pk), facts=facts)


def close_group(actor: Actor, *, group_id: int) -> None:
    """End a group: nobody joins any more; its demands go on by themselves."""
    require(actor, Permission.DISPATCH_DEMANDS)
    group = group_of(actor, group_id)
    with writing():
        if DemandGroup.objects.filter(pk=group.pk, closed_at__isnull=True).update(closed_at=clock.now()) != 1:
            words = Text("这个集群已结束。", "The group has ended already.")
            raise DomainError("group_closed", words, field="group", value=group.number)
        record(actor, "GROUP_CLOSED", ("group", group.pk), facts={"name": group.name})


def used(group_id: int, bank_id: int) -> int:
    """Return how much of the special credit is granted to members, in fen; what ended without money counts no more."""
    rows = CreditDecision.objects.filter(granted=True, referral__demand__group_id=group_id, referral__bank_id=bank_id)
    return int(rows.exclude(referral__state__in=_GONE).aggregate(total=Sum("amount"))["total"] or 0)


def beyond_credit(case: Referral, amount: int) -> list[Problem]:
    """Return what stands against granting *amount* to a member: the special credit of its group. Holds it. In `writing`."""
    if case.demand.group_id is None:
        return []
    held = GroupCredit.objects.select_for_update().filter(group_id=case.demand.group_id, bank_id=case.bank_id).first()
    if held is None:
        return []
    left = held.amount - used(held.group_id, held.bank_id)
    if amount <= left:
        return []
    words = Text(
        f"超过集群专项授信余额 {human(left).zh}。",
        f"More than the {human(left).en} left of the group's special credit.",
    )
    return [Problem("group_credit_used", words, field="amount", value=amount)]


def list_invoices(actor: Actor, *, demand_id: int, buyer_id: int, lines: Sequence[InvoiceLine]) -> None:
    """Put the core firm's invoices behind a supplier's demand: each once city-wide, together enough for the amount."""
    demand = demand_of(actor, demand_id)
    if actor.kind != "owner":
        require(actor, Permission.ENTER_DEMAND)
    refuse_if(_invoice_problems(demand, buyer_id, lines))
    with writing():
        held = lock(demand_id)
        Invoice.objects.bulk_create(
            Invoice(
                demand=held,
                buyer_id=buyer_id,
                number=line.number.strip(),
                amount=line.amount,
                issued_on=line.issued_on,
                due_on=line.due_on,
                confirmed_on=line.confirmed_on,
            )
            for line in lines
        )
        total = human(sum(line.amount for line in lines))
        log(actor, "INVOICES_LISTED", demand_id, {"count": len(lines), "total": total})


def _invoice_problems(demand: Demand, buyer_id: int, lines: Sequence[InvoiceLine]) -> list[Problem]:
    found = []
    numbers = [line.number.strip() for line in lines]
    if not lines or not all(numbers) or len(set(numbers)) < len(numbers):
        words = Text("请逐张填写发票号码，不能重复。", "Give each invoice its number, once.")
        found.append(Problem("invoice_numbers", words, field="invoices"))
    for line in lines:
        if line.amount <= 0 or line.due_on < line.issued_on or line.issued_on > clock.today():
            words = Text(
                f"发票 {line.number} 的金额或日期有误。", f"Amount or days of invoice {line.number} are wrong."
            )
            found.append(Problem("invoice_line", words, field="invoices", value=line.number))
    if buyer_id == demand.enterprise_id:
        words = Text("付款方不能是企业自己。", "The buyer cannot be the firm itself.")
        found.append(Problem("invoice_buyer", words, field="buyer", value=buyer_id))
    share = catalogue.parameter("invoice.advance_pct")
    most = sum(line.amount for line in lines) * share // 100
    if lines and demand.amount > most:
        words = Text(
            f"需求金额超过发票合计的 {share}%（{human(most).zh}）。",
            f"The demand is above {share} % of the invoices ({human(most).en}).",
        )
        found.append(Problem("invoice_short", words, field="invoices", value=most))
    return found


def release_invoices(demand_id: int) -> None:
    """Free the invoices of a demand that ended without money. Inside `writing`."""
    Invoice.objects.filter(demand_id=demand_id, released_at__isnull=True).update(released_at=clock.now())
