"""Payment files and bank statements: make the file, take the statement in, match, settle what is left by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.funds import actions_payment as payments
from huoshui.funds import payment_file, statement_file, statement_matching
from huoshui.funds.actions_fund import accounts_of, lock
from huoshui.funds.models.paying import Fund, PaymentFile, PaymentOrder, Statement, StatementLine, StatementMatch
from huoshui.funds.payment_lifecycle import Act, State
from huoshui.funds.perform import found, person_of, problem, refuse_if, require, writing
from huoshui.funds.statement_file import Movement, Wrong
from huoshui.funds.statement_matching import Pair, Waiting
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Stale
from huoshui.kernel.money import human
from huoshui.kernel.text import Text
from huoshui.ledger import queries as books

BY_SLIP = "slip"
SHORTEST = 4  # places of a slip number that may be looked for in a remark


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a statement: *matched* and *left* lines; with any *wrong* nothing was taken in."""

    statement_id: int | None
    lines: int
    matched: int
    left: int
    wrong: tuple[Wrong, ...] = ()


def make_payment_file(actor: Actor, *, fund_id: int, order_ids: Sequence[int] = ()) -> int:
    """Put approved payments of a fund (all, or those named) into a numbered file; returns its id.

    Raises DomainError where none is approved.
    """
    require(actor, Permission.PREPARE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    with writing():
        lock(fund.pk)
        rows = PaymentOrder.objects.filter(fund=fund, state=State.APPROVED, from_advance=False).order_by("id")
        chosen = list(rows.filter(pk__in=order_ids) if order_ids else rows)
        if not chosen:
            words = Text("没有已批准、待拨付的支付。", "No approved payment waits.")
            raise DomainError("nothing_approved", words, field="order_ids")
        number = payments.next_number("FK", PaymentFile, clock.today())
        items = [
            payment_file.Item(
                row.number, row.payee_name, row.payee_account, row.payee_bank, row.amount, row.text
            ) for row in chosen
        ]  # fmt: skip
        content = payment_file.as_csv(payment_file.rows(items, file_number=number))
        total = sum(row.amount for row in chosen)
        made = PaymentFile.objects.create(
            number=number, fund=fund, items=len(items), total=total, content=content,
            digest=payment_file.digest(content), made_by_id=person_of(actor), made_at=clock.now(),
        )  # fmt: skip
        for row in chosen:
            payments.move(actor, row, Act.PUT_IN_FILE, {"file": number}, file_id=made.pk)
        said = {"number": number, "count": len(items), "amount": human(total), "digest": made.digest}
        record(actor, "PAYMENT_FILE_MADE", ("payment_file", made.pk), topic=f"fund:{fund.pk}", facts=said)
    return made.pk


def import_statement(actor: Actor, *, fund_id: int, name: str, data: bytes) -> Taken:
    """Take in a statement of the fund's account and match it; one wrong line keeps the whole file out."""
    require(actor, Permission.PREPARE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    movements, wrong = statement_file.read(name, data, account_no=fund.account_no)
    wrong += _known_lines(fund, movements) + _too_late(movements)
    if wrong or not movements:
        return Taken(None, len(movements), 0, 0, tuple(sorted(wrong, key=lambda one: one.row)))
    with writing():
        lock(fund.pk)
        statement = Statement.objects.create(
            fund=fund, district_code=fund.district_code, name=name[:160], digest=hashlib.sha256(data).hexdigest(),
            lines_count=len(movements), first_on=min(one.booked_on for one in movements),
            last_on=max(one.booked_on for one in movements), imported_by_id=person_of(actor), imported_at=clock.now(),
        )  # fmt: skip
        StatementLine.objects.bulk_create(
            StatementLine(
                statement=statement, fund=fund, number=number, booked_on=one.booked_on, bank_ref=one.bank_ref,
                amount=one.amount, party=one.party, party_account=one.party_account, remark=one.remark,
            ) for number, one in enumerate(movements, start=1)
        )  # fmt: skip
        matched = _match(actor, fund)
        said = {"name": name, "count": len(movements), "matched": matched}
        record(actor, "STATEMENT_TAKEN_IN", ("statement", statement.pk), topic=f"fund:{fund.pk}", facts=said)
        left = statement.lines.filter(state="left").count()
    return Taken(statement.pk, len(movements), len(movements) - left, left)


def _known_lines(fund: Fund, movements: Sequence[Movement]) -> list[Wrong]:
    refs = {one.bank_ref for one in movements}
    known = set(StatementLine.objects.filter(fund=fund, bank_ref__in=refs).values_list("bank_ref", flat=True))
    words = "流水“{}”已在以前的对账单中导入。", "Line {} was taken in with an earlier statement."
    remedy = Text("请只导入新的流水。", "Take in new lines only.")
    return [
        Wrong(one.row, Problem("line_known", Text(words[0].format(one.bank_ref), words[1].format(one.bank_ref)), "bank_ref", one.bank_ref, remedy))
        for one in movements if one.bank_ref in known
    ]  # fmt: skip


def _too_late(movements: Sequence[Movement]) -> list[Wrong]:
    today = clock.today()
    return [
        Wrong(one.row, problem("booked_on", one.booked_on, "交易日期晚于今天。", "The date is in the future."))
        for one in movements
        if one.booked_on > today
    ]


def _match(actor: Actor, fund: Fund) -> int:
    """Match everything that is left of a fund, newest statement included; returns the lines matched."""
    done = sum(
        _settle_by_slip(actor, fund, line)
        for line in StatementLine.objects.filter(fund=fund, state="left", amount__gt=0)
    )
    lines = {line.pk: line for line in StatementLine.objects.filter(fund=fund, state="left")}
    for out, states in ((True, [State.IN_FILE]), (False, [State.PAID, State.IN_FILE])):
        rows = PaymentOrder.objects.filter(fund=fund, state__in=states, from_advance=False).select_related(
            "file", "fund"
        )
        orders = {row.pk: row for row in rows}
        moved = [_movement(line) for line in lines.values() if (line.amount < 0) is out and (out or _is_return(line))]
        pairs = statement_matching.match(moved, [_waiting(row) for row in orders.values()]) if moved and orders else ()
        done += sum(_settled(actor, lines[pair.movement], [orders[pk] for pk in pair.orders], pair) for pair in pairs)
    return done


def _settle_by_slip(actor: Actor, fund: Fund, line: StatementLine) -> bool:
    """Match money that came in with the posting made by its slip or document: same sum, the number in reference or remark.

    Appropriations, returned advances, recoveries: what was recorded by hand is what the bank saw. A posting counts once.
    """
    seen = f"{line.bank_ref} {line.remark}"
    used = set(StatementLine.objects.filter(fund=fund, how=BY_SLIP).values_list("note", flat=True))
    for posting, source in books.debits_of(accounts_of(fund)["bank"], line.amount):
        number = source.rsplit(":", 1)[1]
        if (
            f"{posting}" not in used
            and len(number) >= SHORTEST
            and number in seen
            and not source.startswith("reversal:")
        ):
            rows = StatementLine.objects.filter(pk=line.pk, state="left")
            return rows.update(state="matched", how=BY_SLIP, note=f"{posting}", settled_by_id=actor.person_id) == 1
    return False


def _settled(actor: Actor, line: StatementLine, orders: Sequence[PaymentOrder], pair: Pair) -> bool:
    """Settle a line and return True; False leaves it to a person: what it says cannot be, as the business stands."""
    try:
        with transaction.atomic():
            _settle(actor, line, orders, pair)
    except DomainError:
        return False
    return True


def _is_return(line: StatementLine) -> bool:
    return any(word in line.remark for word in ("退", "return", "RETURN"))


def _movement(line: StatementLine) -> statement_matching.Movement:
    return statement_matching.Movement(line.pk, abs(line.amount), line.party, line.party_account, line.remark)


def _waiting(row: PaymentOrder) -> Waiting:
    return Waiting(
        row.pk, row.number, row.file.number if row.file else "", row.payee_name, row.payee_account, row.amount
    )


def _settle(actor: Actor, line: StatementLine, orders: Sequence[PaymentOrder], pair: Pair) -> None:
    out = line.amount < 0
    for row in orders:
        StatementMatch.objects.create(
            line=line, order=row, attempt=row.attempt, direction="out" if out else "in", amount=row.amount
        )
        if out:
            payments.pay(actor, row, on=line.booked_on)
        else:
            payments.take_back(actor, row, on=line.booked_on, reason=line.remark or "银行退回")
    rows = StatementLine.objects.filter(pk=line.pk, state="left")
    if rows.update(state="matched", how=pair.how, settled_by_id=actor.person_id) != 1:
        raise Stale(what="statementline")


def match_by_hand(actor: Actor, *, line_id: int, order_ids: Sequence[int]) -> None:
    """Say that a movement shows these payments; they have to sum to it exactly."""
    require(actor, Permission.PREPARE_PAYMENTS)
    line = _left(actor, line_id)
    orders = payments.rows_of(actor, order_ids)
    wrong = []
    total = sum(row.amount for row in orders)
    if not statement_matching.fits(abs(line.amount), [row.amount for row in orders]):
        zh = f"所选支付合计 {human(total).zh}，流水为 {human(abs(line.amount)).zh}。"
        wrong.append(
            problem("order_ids", total, zh, f"They sum to {human(total).en}, not {human(abs(line.amount)).en}.")
        )
    if any(row.fund_id != line.fund_id for row in orders):
        wrong.append(problem("order_ids", list(order_ids), "支付不属于这项资金。", "They are not of this fund."))
    refuse_if(wrong)
    with writing():
        lock(line.fund_id)
        _settle(actor, line, orders, Pair(line.pk, tuple(order_ids), "hand"))
        _record_line(actor, "STATEMENT_LINE_MATCHED", line, "")


def explain_line(actor: Actor, *, line_id: int, words: str) -> None:
    """Say what a movement is that shows no payment (an appropriation, interest of the account, a fee)."""
    require(actor, Permission.PREPARE_PAYMENTS)
    line = _left(actor, line_id)
    refuse_if([] if words.strip() else [problem("words", "", "请写明说明。", "Write the explanation.")])
    with writing():
        rows = StatementLine.objects.filter(pk=line.pk, state="left")
        rows.update(state="explained", note=words.strip(), settled_by_id=person_of(actor))
        _record_line(actor, "STATEMENT_LINE_EXPLAINED", line, words)


def _record_line(actor: Actor, kind: str, line: StatementLine, words: str) -> None:
    said = {"reference": line.bank_ref, "amount": human(line.amount), "words": words}
    record(actor, kind, ("statement", line.statement_id), topic=f"fund:{line.fund_id}", facts=said, reason=words)


def _left(actor: Actor, line_id: int) -> StatementLine:
    line = StatementLine.objects.filter(pk=line_id).first()
    if line is None:
        words = Text("没有这条流水，或您无权查看。", "No such line, or not yours to see.")
        raise DomainError("not_found", words, field="line_id", value=line_id)
    found(actor, Fund, line.fund_id)
    wrong = [] if line.state == "left" else [problem("line_id", line_id, "这条流水已处理。", "This line is settled.")]
    refuse_if(wrong)
    return line
