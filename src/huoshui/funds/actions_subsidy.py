"""What can be done with interest subsidies: claim (bank, firm or by itself), accept, reject, resume the queue, call back.

The same days of the same payee are claimed once, however often they are sent in. Claims on a fund follow one another, so
the first to come takes the budget first; what does not fit waits in the queue. Amounts are computed, never typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.financing import queries as financing
from huoshui.funds import actions_fund as funds
from huoshui.funds import actions_payment as payments
from huoshui.funds.actions_payment import Ask, Part, Payee
from huoshui.funds.models.paying import Fund, PaymentOrder
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine, SubsidyRecall
from huoshui.funds.perform import found, person_of, plain, problem, refuse_if, require, swap, writing
from huoshui.funds.queries_payment import advance_left
from huoshui.funds.reactions import Happened
from huoshui.funds.shares import share_out
from huoshui.funds.subsidy_cases import REASONS, Found, reckon_loans, shares_of, write_spans
from huoshui.funds.subsidy_line import within_budget
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.money import human
from huoshui.kernel.text import Text

KIND = "subsidy"
ANY_SLOT = 2**62  # a scheme that stacks with none excludes all of them on its days


@dataclass(frozen=True, slots=True)
class _Who:
    """Whose claim it is."""

    flow: str
    bank_id: int | None = None
    bank_path: str = ""
    enterprise_id: int | None = None
    key: str = ""


def claim_for_bank(actor: Actor, *, fund_id: int, first_day: dt.date, end_day: dt.date) -> int:
    """File the bank's claim for the days from *first_day* up to *end_day* (not counted), made of its loan book.

    Returns the claim; the same days again return the first one, or a further claim on loans that were not in it, such as
    one whose interest came later. Raises Refused where no loan earns anything.
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    if actor.org_kind != "bank" or actor.organisation_id is None:
        raise DomainError("not_permitted", Text("请由银行申报。", "A bank claims here."), field="actor")
    who = _Who("bank_first", actor.organisation_id, actor.org_path, key=f"bank:{actor.organisation_id}")
    return _claim(actor, fund_id, who, financing.loans(actor).filter(starts_on__isnull=False), first_day, end_day)


def claim_for_firm(actor: Actor, *, fund_id: int, enterprise_id: int, first_day: dt.date, end_day: dt.date) -> int:
    """File a firm's own claim on what it paid (先付后贴); the same days again return the first one."""
    require(actor, Permission.APPLY)
    rows = financing.loans(actor).filter(enterprise_id=enterprise_id, starts_on__isnull=False)
    who = _Who("firm_first", enterprise_id=enterprise_id, key=f"firm:{enterprise_id}")
    return _claim(actor, fund_id, who, rows, first_day, end_day)


def run_automatic(actor: Actor, *, fund_id: int, first_day: dt.date, end_day: dt.date) -> tuple[int, ...]:
    """Make every firm's claim from the loan record, with nothing to apply for (免申即享); returns the claims.

    Firms in the order of their first drawdown; one whose loans earn nothing gets none. Running it again adds nothing.
    """
    require(actor, Permission.PREPARE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    loans = financing.loans(actor).filter(starts_on__lt=end_day, district_code__startswith=_area(fund))
    refuse_if(_day_problems(first_day, end_day))
    made = []
    with writing():
        funds.lock_subsidies(fund.pk)
        results: dict[int, list[Found]] = {}
        for one in reckon_loans(loans, programme=_programme(fund), first=first_day, end=end_day):
            results.setdefault(one.loan.enterprise_id, []).append(one)
        for firm, found_ in results.items():
            who = _Who("automatic", enterprise_id=firm, key=f"firm:{firm}")
            found_ = _not_in_it(found_, _known(fund, who, first_day, end_day))
            if not any(one.line for one in found_):
                continue
            made.append(_write(actor, fund, who, found_, first_day, end_day))
    return tuple(made)


def _area(fund: Fund) -> str:
    code = fund.district_code
    while code.endswith("00"):
        code = code[:-2]
    return code


def _programme(fund: Fund) -> str:
    if fund.programme is None:
        raise DomainError(
            "fund_programme", Text("这项资金没有对应的贴息政策。", "The fund has no programme."), field="fund_id"
        )
    return fund.programme.code


def _claim(actor: Actor, fund_id: int, who: _Who, loans: QuerySet[Any], first_day: dt.date, end_day: dt.date) -> int:
    refuse_if(_day_problems(first_day, end_day))
    with writing():
        fund = funds.lock_subsidies(fund_id)
        known = _known(fund, who, first_day, end_day)
        results = reckon_loans(
            loans.filter(starts_on__lt=end_day), programme=_programme(fund), first=first_day, end=end_day
        )
        results = _not_in_it([_theirs(one, who.flow) for one in results], known)
        if known and not any(one.line for one in results):
            return known[0]
        if not any(one.line for one in results):
            raise Refused(_nothing(results))
        return _write(actor, fund, who, results, first_day, end_day)


def _theirs(one: Found, flow: str) -> Found:
    """Return what was found, without its line where the loan's programme is claimed on by others than *flow* says."""
    its = one.version.terms.get("flow", "bank_first") if one.version else flow
    mine = {"bank_first": ("bank_first",), "firm_first": ("firm_first", "automatic")}[flow]
    return one if its in mine else replace(one, line=None, reason="flow")


def _known(fund: Fund, who: _Who, first_day: dt.date, end_day: dt.date) -> list[int]:
    """Return the claims on the same days, the first one first; a rejected one does not count."""
    key = f"{fund.pk}:{who.key}:{first_day}:{end_day}"
    rows = SubsidyClaim.objects.filter(key__startswith=key).exclude(state="rejected").order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _not_in_it(results: list[Found], known: list[int]) -> list[Found]:
    """Return what was found of loans that have no line in the *known* claims: what was struck there stays out."""
    if not known:
        return results
    before = set(SubsidyLine.objects.filter(claim_id__in=known).values_list("loan_id", flat=True))
    return [one for one in results if one.loan.pk not in before]


def _day_problems(first_day: dt.date, end_day: dt.date) -> list[Problem]:
    wrong = []
    last, today = end_day - dt.timedelta(days=1), clock.today()
    if end_day <= first_day:
        zh, en = f"最后一天 {last} 早于第一天 {first_day}。", f"The last day {last} is before the first, {first_day}."
        remedy = ("请按先后填写起止日期。", "Give the days in their order.")
        wrong.append(problem("end_day", end_day, zh, en, remedy=remedy))
    if last > today:
        zh, en = f"{last} 还没有到，不能申报。", f"{last} has not come yet and cannot be claimed."
        remedy = (f"请把最后一天改为 {today} 或更早。", f"Claim up to {today} or earlier.")
        wrong.append(problem("end_day", end_day, zh, en, remedy=remedy))
    return wrong


def _nothing(results: Sequence[Found]) -> list[Problem]:
    words = Text("期内没有可贴息的贷款。", "No loan earns a subsidy in these days.")
    said = [
        Problem(
            f"subsidy_{one.reason}", Text(f"{one.loan.contract_no}：{REASONS[one.reason].zh}。", f"{one.loan.contract_no}: {REASONS[one.reason].en}."),
            field="loan", value=one.loan.contract_no,
        ) for one in results[:20]
    ]  # fmt: skip
    return [Problem("subsidy_nothing", words, field="loans"), *said]


def _write(actor: Actor, fund: Fund, who: _Who, results: Sequence[Found], first_day: dt.date, end_day: dt.date) -> int:
    """Write the claim with its lines, cut to the budget in their order, and promise what is granted."""
    lines = [one for one in results if one.line is not None]
    left = funds.free_budget(fund)
    rows: list[SubsidyLine] = []
    for number, one in enumerate(lines, start=1):
        row = _row(number, one, left)
        left -= row.amount
        rows.append(row)
    key = f"{fund.pk}:{who.key}:{first_day}:{end_day}"
    again = SubsidyClaim.objects.filter(key__startswith=key).count()
    claim = SubsidyClaim.objects.create(
        number=payments.next_number("TX", SubsidyClaim, clock.today()), fund=fund, programme_code=_programme(fund),
        flow=who.flow, bank_id=who.bank_id, enterprise_id=who.enterprise_id, bank_path=who.bank_path,
        district_code=fund.district_code, first_day=first_day, end_day=end_day, amount=sum(row.amount for row in rows),
        queued=sum(row.queued for row in rows), key=f"{key}#{again}" if again else key,
        left_out=[[one.loan.contract_no, one.reason] for one in results if one.line is None],
        filed_by_id=actor.person_id, filed_at=clock.now(),
    )  # fmt: skip
    for row in rows:
        row.claim = claim
    SubsidyLine.objects.bulk_create(rows, batch_size=500)
    if claim.amount:
        source = f"subsidy:claim:{claim.pk}:commit"
        text = f"{claim.number} 贴息"
        funds.commit(actor, fund_id=fund.pk, source=source, amount=claim.amount, on=clock.today(), text=text)
    said = {"number": claim.number, "amount": human(claim.amount), "lines": len(rows), "queued": human(claim.queued)}
    _log(actor, "SUBSIDY_CLAIMED", claim, said)
    return claim.pk


def _row(number: int, one: Found, left: int) -> SubsidyLine:
    assert one.line is not None, "only loans that earn something"
    assert one.version is not None, "a line has its version"
    line = within_budget(one.line, left)
    queued = one.line.granted - line.granted
    shares = shares_of(one.version)
    stacks = bool(one.version.terms.get("stacks_with"))
    own = one.version.programme_id
    return SubsidyLine(
        number=number, loan_id=one.loan.pk, enterprise_id=one.loan.enterprise_id, district_code=one.loan.district_code,
        bank_path=one.loan.bank_path, programme_version_id=one.version.version_id, first_day=line.first,
        end_day=line.end, rate_ppm=one.loan.rate_ppm, applied_pct=line.applied_pct, interest=line.interest,
        full=line.full, cuts=[list(cut) for cut in line.cuts], spans=write_spans(line.spans), amount=line.granted,
        queued=queued, shares=dict(share_out(line.granted, shares=shares)) if shares else {},
        anomalies=list(one.anomalies), slot_from=own if stacks else 0, slot_to=own if stacks else ANY_SLOT,
    )  # fmt: skip


def strike_subsidy(actor: Actor, *, line_id: int, reason: str) -> int:
    """Take a line out of a filed claim; its money and its days are free again. Returns the claim."""
    require(actor, Permission.PREPARE_PAYMENTS)
    line = _line(actor, line_id)
    wrong = [] if line.claim.state == "filed" and line.state == "open" else [_not_now("strike")]
    wrong += [] if reason.strip() else [problem("reason", "", "请写明原因。", "Give the reason.")]
    refuse_if(wrong)
    with writing():
        funds.lock(line.claim.fund_id)
        _strike(actor, line, reason)
        said = {"text": line.loan.contract_no, "amount": human(line.amount), "words": reason}
        _log(actor, "SUBSIDY_STRUCK", line.claim, said, reason)
    return line.claim_id


def _strike(actor: Actor, line: SubsidyLine, reason: str, *, release: bool = True) -> None:
    SubsidyLine.objects.filter(pk=line.pk, state="open").update(state="struck", why=reason.strip())
    claim = SubsidyClaim.objects.get(pk=line.claim_id)
    if claim.state != "rejected":
        swap(claim, amount=claim.amount - line.amount, queued=claim.queued - line.queued)
    if release and line.amount:
        source = f"subsidy:line:{line.pk}:struck"
        text = f"{claim.number} 剔除"
        funds.release(actor, fund_id=claim.fund_id, source=source, amount=line.amount, on=clock.today(), text=text)


def accept_claim(actor: Actor, *, claim_id: int, seen_version: int | None = None) -> tuple[int, ...]:
    """Accept a filed claim and ask for its payment; what the bank was advanced is used first. Returns the payments."""
    require(actor, Permission.PREPARE_PAYMENTS)
    claim = found(actor, SubsidyClaim, claim_id)
    refuse_if([] if claim.state == "filed" and claim.amount > 0 else [_not_now("accept")])
    with writing():
        swap(claim, seen_version, state="accepted", accepted_by_id=person_of(actor))
        lines = claim.lines.filter(state="open", amount__gt=0).order_by("number").select_related("loan")
        orders = _ask(actor, claim, list(lines), "")
        _log(actor, "SUBSIDY_ACCEPTED", claim, {"number": claim.number, "amount": human(claim.amount)})
    return orders


def accept_claims(actor: Actor, *, claim_ids: Sequence[int]) -> tuple[int, ...]:
    """Accept filed claims, all or none; returns their payments."""
    with writing():
        held = SubsidyClaim.objects.filter(pk__in=claim_ids).order_by("fund_id").values_list("fund_id", flat=True)
        for (
            fund_id
        ) in held.distinct():  # in one order and before any number is given, so that two such never wait in a circle
            funds.lock(fund_id)
        return tuple(order for pk in claim_ids for order in accept_claim(actor, claim_id=pk))


def _ask(
    actor: Actor, claim: SubsidyClaim, lines: Sequence[SubsidyLine], tail: str, amounts: dict[int, int] | None = None
) -> tuple[int, ...]:
    parts = [_part(line, (amounts or {}).get(line.pk, line.amount)) for line in lines]
    advance = advance_left(claim.fund_id, claim.bank_id) if claim.bank_id else 0
    from_advance, cash = _split(parts, advance)
    asks = [
        Ask(
            KIND, f"subsidy:claim:{claim.pk}{tail}:{name}", _payee(claim), chosen, f"{claim.number} 贷款贴息", claim.pk,
            committed=True, from_advance=name == "advance", bank_path=claim.bank_path,
        ) for name, chosen in (("advance", from_advance), ("cash", cash)) if chosen
    ]  # fmt: skip
    return tuple(payments.request_payments(actor, fund_id=claim.fund_id, asks=asks))


def _split(parts: Sequence[Part], advance: int) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the parts that the advance covers and those to be paid; the one on the edge is in both, in two sums."""
    covered: list[Part] = []
    cash: list[Part] = []
    for part in parts:
        taken = min(part.amount, max(advance, 0))
        advance -= taken
        covered += [_resized(part, taken)] if taken else []
        cash += [_resized(part, part.amount - taken)] if part.amount > taken else []
    return tuple(covered), tuple(cash)


def _resized(part: Part, amount: int) -> Part:
    return Part(amount, part.text, part.enterprise_id, part.district_code, part.bank_path, part.subject_id)


def _part(line: SubsidyLine, amount: int) -> Part:
    last = line.end_day - dt.timedelta(days=1)
    text = f"贷款贴息 {line.first_day}至{last}"  # published to everybody: no contract's number
    return Part(amount, text, line.enterprise_id, line.district_code, line.bank_path, line.pk)


def _payee(claim: SubsidyClaim) -> Payee:
    if claim.bank_id:
        office = offices.organisation(claim.bank_id)
        return Payee(office.name.zh, "bank", organisation_id=claim.bank_id)
    assert claim.enterprise is not None, "the database: a claim has a payee"
    return Payee(claim.enterprise.name, "firm", enterprise_id=claim.enterprise_id)


def reject_claim(actor: Actor, *, claim_id: int, reason: str, seen_version: int | None = None) -> None:
    """Reject a filed claim with words; its days and its money are free again."""
    require(actor, Permission.PREPARE_PAYMENTS)
    claim = found(actor, SubsidyClaim, claim_id)
    wrong = [] if claim.state == "filed" else [_not_now("reject")]
    wrong += [] if reason.strip() else [problem("reason", "", "请写明原因。", "Give the reason.")]
    refuse_if(wrong)
    with writing():
        funds.lock(claim.fund_id)
        key = f"{claim.key}!{claim.pk}"[:100]
        swap(claim, seen_version, state="rejected", why=reason.strip(), key=key)
        for line in claim.lines.filter(state="open"):
            _strike(actor, line, reason)
        _log(actor, "SUBSIDY_REJECTED", claim, {"number": claim.number, "words": reason}, reason)


def resume_queue(actor: Actor, *, fund_id: int) -> int:
    """Grant what waits in the queue, first come first, as far as the budget reaches now; returns the fen granted."""
    require(actor, Permission.PREPARE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    total = 0
    with writing():
        funds.lock(fund.pk)
        left = funds.free_budget(fund)
        claims = SubsidyClaim.objects.filter(fund=fund, queued__gt=0).exclude(state="rejected").order_by("id")
        for claim in claims:
            given = _resume(actor, claim, left)
            left, total = left - given, total + given
    return total


def _resume(actor: Actor, claim: SubsidyClaim, left: int) -> int:
    granted: dict[int, int] = {}
    lines = list(
        claim.lines.filter(state="open", queued__gt=0).order_by("number").select_related("loan", "programme_version")
    )
    for line in lines:
        if (more := min(line.queued, left)) <= 0:
            break
        left, granted[line.pk] = left - more, more
        line.amount, line.queued = line.amount + more, line.queued - more
        shares = _decimals(line.programme_version.terms.get("shares") or {})
        line.shares = dict(share_out(line.amount, shares=shares)) if shares else {}
        line.cuts = [cut for cut in line.cuts if cut[0] != "budget"] + (
            [["budget", line.queued]] if line.queued else []
        )
        line.save(update_fields=["amount", "queued", "shares", "cuts"])
    given = sum(granted.values())
    if not given:
        return 0
    tail = f":more{claim.version}"
    source, text = f"subsidy:claim:{claim.pk}{tail}:commit", f"{claim.number} 排队贴息"
    funds.commit(actor, fund_id=claim.fund_id, source=source, amount=given, on=clock.today(), text=text)
    waiting = claim.state == "filed"
    state = claim.state if waiting else "accepted"
    swap(claim, amount=claim.amount + given, queued=claim.queued - given, state=state)
    if not waiting:
        _ask(actor, claim, [line for line in lines if line.pk in granted], tail, granted)
    _log(actor, "SUBSIDY_RESUMED", claim, {"number": claim.number, "amount": human(given)})
    return given


def _decimals(shares: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(share) for name, share in shares.items()}


def claw_back(actor: Actor, *, line_id: int, amount: int, reason: str, slip_no: str, recovered_on: dt.date) -> int:
    """Record wrongly paid subsidy that came back (追回), never more than was paid; the same slip again changes nothing."""
    require(actor, Permission.PREPARE_PAYMENTS)
    line = _line(actor, line_id)
    slip = slip_no.strip()
    if known := SubsidyRecall.objects.filter(line=line, slip_no=slip).first():
        return known.pk
    owed = line.paid - line.clawed
    wrong = []
    if not 0 < amount <= owed:
        zh = f"追回金额应大于 0 且不超过已付未追回的 {human(owed).zh}。"
        en = f"Above 0, at most the {human(owed).en} paid and not back yet."
        remedy = ("请核对专户流水的金额。", "Check the sum on the account's statement.")
        wrong.append(problem("amount", amount, f"{zh[:-1]}，您填写的是 {human(amount).zh}。", en, remedy=remedy))
    for name, value, words in (("reason", reason, "原因"), ("slip_no", slip, "流水号")):
        wrong += [] if value.strip() else [problem(name, "", f"请填写{words}。", f"The {name} is missing.")]
    if recovered_on > clock.today():
        wrong.append(problem("recovered_on", recovered_on, "日期不能晚于今天。", "Not in the future."))
    refuse_if(wrong)
    with writing():
        posting = funds.recover(
            actor, fund_id=line.claim.fund_id, source=f"subsidy:line:{line.pk}:back:{slip}", amount=amount,
            on=recovered_on, text=f"{line.claim.number} 追回贴息",
        )  # fmt: skip
        SubsidyLine.objects.filter(pk=line.pk).update(clawed=F("clawed") + amount)
        made = SubsidyRecall.objects.create(
            line=line, amount=amount, reason=reason.strip(), slip_no=slip, recovered_on=recovered_on,
            posting_id=posting, recorded_by_id=person_of(actor), recorded_at=clock.now(),
        )  # fmt: skip
        said = {"text": line.loan.contract_no, "amount": human(amount), "words": reason}
        _log(actor, "SUBSIDY_CALLED_BACK", line.claim, said, reason)
    return made.pk


def react(actor: Actor, happened: Happened) -> None:
    """Follow what became of a claim's payment: paid lines, returned lines, lines struck or cancelled. Inside its act."""
    for line_id, amount in happened.subjects:
        line = SubsidyLine.objects.select_related("claim").get(pk=line_id)
        if happened.what == "paid":
            SubsidyLine.objects.filter(pk=line_id).update(paid=F("paid") + amount)
        elif happened.what == "returned":
            SubsidyLine.objects.filter(pk=line_id).update(paid=F("paid") - amount)
        elif line.state == "open":  # the payment gave the budget back
            _lose(actor, line, amount, happened.words)
    claim = SubsidyClaim.objects.get(pk=happened.subject_id or 0)
    waiting = PaymentOrder.objects.filter(kind=KIND, subject_id=claim.pk).exclude(state__in=["paid", "cancelled"])
    state = (
        "accepted" if waiting.exclude(pk=happened.order_id if happened.what != "returned" else 0).exists() else "paid"
    )
    if happened.what == "returned":
        state = "accepted"
    if state != claim.state and claim.state in ("accepted", "paid"):
        swap(claim, state=state)
    if happened.what == "paid":
        _tell(actor, claim, happened)


def _lose(actor: Actor, line: SubsidyLine, amount: int, words: str) -> None:
    if line.amount == amount:
        _strike(actor, line, words or "支付取消", release=False)
        return
    claim = SubsidyClaim.objects.get(pk=line.claim_id)
    SubsidyLine.objects.filter(pk=line.pk).update(amount=F("amount") - amount)
    swap(claim, amount=claim.amount - amount)


def _tell(actor: Actor, claim: SubsidyClaim, happened: Happened) -> None:
    """Tell each firm what it got: no one has to ask."""
    rows = SubsidyLine.objects.filter(pk__in=[pk for pk, _ in happened.subjects])
    for firm, total in rows.values_list("enterprise_id").annotate(Sum("amount")):
        facts = plain({"number": claim.number, "amount": human(int(total))})
        access.notify(actor, template="subsidy_paid", facts=facts, link="/my/subsidies/", enterprise_id=firm)


def _line(actor: Actor, line_id: int) -> SubsidyLine:
    line = SubsidyLine.objects.select_related("claim", "loan").filter(pk=line_id).first()
    if line is None:
        raise DomainError("not_found", Text("没有这条明细。", "There is no such line."), field="line_id", value=line_id)
    found(actor, SubsidyClaim, line.claim_id)
    return line


def _not_now(what: str) -> Problem:
    return Problem(
        "wrong_state", Text("这笔申报现在不能这样办理。", "The claim is past that."), field="state", value=what
    )


def _log(actor: Actor, kind: str, claim: SubsidyClaim, facts: dict[str, Any], reason: str = "") -> None:
    record(actor, kind, ("subsidy_claim", claim.pk), topic=f"subsidy:{claim.pk}", facts=facts, reason=reason)
