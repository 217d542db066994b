"""Payments from the queue to the bank's statement: nothing twice, nothing by one person alone, nothing that is not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from huoshui.funds import actions_fund, actions_payment, actions_statement, queries_payment, reactions
from huoshui.funds.models.paying import PaymentFile, PaymentLine, PaymentOrder, StatementLine
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused
from tests.funds.paying import ACCOUNT, AFTER, MONDAY, WAN, Bureau, ask, bureau, payment, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Bureau:
    return bureau()


@pytest.fixture
def later() -> Iterator[None]:
    with clock.at(AFTER):
        yield


def test_what_is_asked_is_promised_at_once_and_leaves_less_to_promise(place: Bureau) -> None:
    payment(place, amount=30 * WAN)
    now = queries_payment.position(place.fund)
    assert (now.money_in, now.committed, now.left, now.cash, now.paid) == (100 * WAN, 30 * WAN, 70 * WAN, 100 * WAN, 0)


@pytest.mark.parametrize(("amount", "fits"), [(99, True), (100, True), (101, False)])
def test_no_more_is_promised_than_was_appropriated(place: Bureau, amount: int, fits: bool) -> None:
    if fits:
        assert payment(place, amount=amount * WAN)
        return
    with pytest.raises(Refused) as refused:
        payment(place, amount=amount * WAN)
    assert refused.value.code == "fund_overdrawn"
    assert not PaymentOrder.objects.exists()


def test_a_budget_of_one_fen_pays_one_fen() -> None:
    place = bureau(money=1)
    assert payment(place, "in_file", amount=1)
    with pytest.raises(Refused):
        payment(place, amount=1)


def test_the_same_reference_is_one_payment_and_other_content_is_refused(place: Bureau) -> None:
    given = ask(WAN)
    first = payment(place, given=given)
    assert payment(place, given=given) == first
    from dataclasses import replace

    other = replace(given, parts=(replace(given.parts[0], amount=2 * WAN),))
    with pytest.raises(Refused) as refused:
        payment(place, given=other)
    assert refused.value.code == "reference_reused"
    assert queries_payment.position(place.fund).committed == WAN


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_that_is_not_above_zero_is_refused(place: Bureau, amount: int) -> None:
    with pytest.raises(Refused):
        payment(place, amount=amount)


def test_who_prepared_a_payment_cannot_check_it_and_the_database_says_so_too(place: Bureau) -> None:
    order = payment(place)
    both = actions_payment.rows_of(place.maker, [order])[0]
    assert both.made_by_id == place.maker.person_id
    with pytest.raises(Refused):
        actions_payment.check_payments(place.maker, order_ids=[order])
    with pytest.raises(IntegrityError, match="payment_checked_by_another"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order).update(
            state="checked", checked_by=place.maker.person_id, checked_at=MONDAY
        )
    with pytest.raises(IntegrityError, match="payment_approved_by_another"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order).update(approved_by=place.maker.person_id)


@pytest.mark.parametrize(("day", "over"), [(8, False), (9, False), (10, True)])
def test_approval_waits_for_the_last_day_of_the_notice(place: Bureau, day: int, over: bool) -> None:
    order = payment(place, "in_notice")  # Monday 2 March, five working days: through the 9th
    with clock.at(dt.datetime(2026, 3, day, 9, tzinfo=clock.ZONE)):
        if over:
            actions_payment.approve_payments(place.checker, order_ids=[order])
            assert queries_payment.position(place.fund).held == WAN
            return
        with pytest.raises(Refused) as refused:
            actions_payment.approve_payments(place.checker, order_ids=[order])
        assert refused.value.code == "notice_runs"


def test_an_objection_suspends_its_line_and_the_others_are_paid(place: Bureau, later: None) -> None:
    order = payment(place, "in_notice", amount=3 * WAN, parts=3)
    line = PaymentLine.objects.filter(order=order).order_by("number")[1]
    with clock.at(MONDAY):
        actions_payment.object_to(place.maker, line_id=line.pk, words="企业已停业", objector="王某")
    actions_payment.approve_payments(place.checker, order_ids=[order])
    assert row(order).amount == 2 * WAN
    part = PaymentOrder.objects.get(split_from=order)
    assert (part.state, part.amount) == ("in_notice", 0)
    actions_payment.reinstate_line(place.checker, line_id=line.pk, answer="经核实正常经营")
    actions_payment.approve_payments(place.checker, order_ids=[part.pk])
    assert queries_payment.position(place.fund).held == 3 * WAN


def test_a_struck_line_frees_its_money(place: Bureau, later: None) -> None:
    order = payment(place, "in_notice", amount=2 * WAN, parts=2)
    line = PaymentLine.objects.filter(order=order).first()
    assert line is not None
    with clock.at(MONDAY):
        actions_payment.object_to(place.maker, line_id=line.pk, words="重复享受", objector="李某")
        actions_payment.strike_line(place.checker, line_id=line.pk, reason="核实属实")
    assert queries_payment.position(place.fund).committed == WAN
    actions_payment.approve_payments(place.checker, order_ids=[order])
    assert row(order).amount == WAN


def test_a_payment_without_account_is_not_approved(place: Bureau) -> None:
    from dataclasses import replace

    given = ask(notice=False)
    order = payment(place, "checked", given=replace(given, payee=replace(given.payee, account_no="")))
    with pytest.raises(Refused) as refused:
        actions_payment.approve_payments(place.checker, order_ids=[order])
    assert refused.value.code == "account_missing"


def test_the_file_is_numbered_sums_up_and_names_its_digest(place: Bureau, later: None) -> None:
    for _ in range(2):
        payment(place, "approved")
    made = actions_statement.make_payment_file(place.maker, fund_id=place.fund)
    view = queries_payment.payment_file_view(place.maker, made)
    assert (view.items, view.total, len(view.digest)) == (2, 2 * WAN, 64)
    assert view.content.splitlines()[-1] == f"合计,{view.number},2 笔,,,20000.00,"
    assert queries_payment.excel_of(view)[:2] == b"PK"
    with pytest.raises(DomainError, match="没有已批准"):
        actions_statement.make_payment_file(place.maker, fund_id=place.fund)


def _csv(*lines: str, own: str = "") -> bytes:
    return "\n".join(["交易日期,流水号,收入,支出,对方户名,对方账号,摘要,本方账号", *lines]).encode()


def _take(place: Bureau, data: bytes, name: str = "对账单.csv") -> actions_statement.Taken:
    return actions_statement.import_statement(place.maker, fund_id=place.fund, name=name, data=data)


def test_a_statement_pays_by_number_account_and_name(place: Bureau, later: None) -> None:
    orders = [row(payment(place, "in_file", amount=amount * WAN)) for amount in (1, 2, 3)]
    taken = _take(
        place,
        _csv(
            f"2026-03-12,L1,,10000.00,,,{orders[0].number},",
            f'2026-03-12,L2,,"20,000.00",,{orders[1].payee_account},贴息,',
            f"2026-03-12,L3,,30000.00,{orders[2].payee_name},,贴息,",
        ),
    )
    assert (taken.lines, taken.matched, taken.left) == (3, 3, 0)
    now = queries_payment.position(place.fund)
    assert (now.paid, now.cash, now.committed, now.held) == (6 * WAN, 94 * WAN, 0, 0)
    assert [line.how for line in StatementLine.objects.order_by("number")] == ["number", "account", "name"]


def test_one_line_of_the_bank_may_show_a_whole_file(place: Bureau, later: None) -> None:
    for amount in (1, 2):
        payment(place, "approved", amount=amount * WAN)
    actions_statement.make_payment_file(place.maker, fund_id=place.fund)
    number = PaymentFile.objects.get().number
    assert _take(place, _csv(f"2026-03-12,L1,,30000.00,批量代发,,{number},")).matched == 1
    assert set(PaymentOrder.objects.values_list("state", flat=True)) == {"paid"}


def test_what_is_not_certain_is_left_and_matched_by_hand(place: Bureau, later: None) -> None:
    first, second = (payment(place, "in_file", amount=WAN) for _ in range(2))
    assert _take(place, _csv("2026-03-12,L1,,20000.00,集中支付,,代发,")).left == 1
    line = StatementLine.objects.get()
    with pytest.raises(Refused):
        actions_statement.match_by_hand(place.maker, line_id=line.pk, order_ids=[first])
    actions_statement.match_by_hand(place.maker, line_id=line.pk, order_ids=[first, second])
    assert (row(first).state, row(second).state) == ("paid", "paid")
    with pytest.raises(Refused):
        actions_statement.explain_line(place.maker, line_id=line.pk, words="x")


def test_money_that_comes_back_is_sent_again_to_the_right_account(place: Bureau, later: None) -> None:
    order = row(payment(place, "in_file"))
    _take(place, _csv(f"2026-03-12,L1,,10000.00,,,{order.number},"))
    _take(place, _csv(f"2026-03-12,L2,10000.00,,,,退汇 {order.number},"))
    assert row(order.pk).state == "returned"
    now = queries_payment.position(place.fund)
    assert (now.paid, now.cash, now.committed) == (0, 100 * WAN, WAN)
    actions_fund.set_account(
        place.maker, enterprise_id=order.enterprise_id, holder="新户名", bank_name="农行", account_no="622800009999"
    )
    actions_payment.send_again(place.checker, order_id=order.pk)
    assert row(order.pk).payee_account == "622800009999"
    actions_statement.make_payment_file(place.maker, fund_id=place.fund)
    _take(place, _csv(f"2026-03-12,L3,,10000.00,,,{order.number},"))
    assert queries_payment.position(place.fund).paid == WAN


def test_cancelling_gives_the_promise_back(place: Bureau, later: None) -> None:
    order = payment(place, "approved")
    actions_payment.cancel_payment(place.checker, order_id=order, reason="企业注销")
    now = queries_payment.position(place.fund)
    assert (now.committed, now.held, now.left) == (0, 0, 100 * WAN)


@pytest.mark.parametrize(
    ("lines", "code", "row_no"),
    [
        (["2026-03-12,L1,,1.234,,,x,"], "amount_too_precise", 2),
        (["2026-03-12,L1,,-5,,,x,"], "amount_negative", 2),
        (["2026-03-12,L1,,0,,,x,"], "amount_zero", 2),
        (["2026-03-12,L1,1.00,1.00,,,x,"], "amount_both", 2),
        (["2026-02-30,L1,,5,,,x,"], "booked_on_unreadable", 2),
        (["2026-03-12,,,5,,,x,"], "bank_ref_unreadable", 2),
        (["2026-03-12,L1,,5,,,x,", "2026-03-12,L1,,6,,,x,"], "line_twice", 3),
        (["2026-03-12,L1,,5,,,x,6222020000"], "account_unknown", 2),
        (["2027-03-12,L1,,5,,,x,"], "fund_booked_on", 2),
    ],
)
def test_a_wrong_line_keeps_the_statement_out_and_is_named(
    place: Bureau, later: None, lines: list[str], code: str, row_no: int
) -> None:
    taken = _take(place, _csv(*lines))
    assert [(wrong.row, wrong.problem.code) for wrong in taken.wrong] == [(row_no, code)]
    assert taken.statement_id is None
    assert not StatementLine.objects.exists()


def test_a_line_or_a_file_is_taken_in_once(place: Bureau, later: None) -> None:
    data = _csv("2026-03-12,L1,5.00,,利息,,结息,")
    assert _take(place, data).left == 1
    again = _take(place, data)
    assert [wrong.problem.code for wrong in again.wrong] == ["line_known"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.pdf", b"%PDF", "file_kind"),
        ("a.xlsx", b"PK not a workbook", "file_broken"),
        ("a.csv", "甲,乙\n1,2".encode(), "columns_missing"),
        ("a.xml", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "file_unsafe"),
        ("a.xml", b"<?xml version='1.0'?><Document>", "file_broken"),
        ("a.xml", b"<?xml version='1.0'?><Document/>", "statement_empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    place: Bureau, later: None, name: str, data: bytes, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        _take(place, data, name)
    assert refused.value.code == code


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>
<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>
<Ntry><Amt Ccy="CNY">10000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-03-12</Dt></BookgDt>
<AcctSvcrRef>C1</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>{number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_camt_053_is_read_and_a_foreign_account_refused(place: Bureau, later: None) -> None:
    order = row(payment(place, "in_file"))
    wrong = _take(place, CAMT.format(account="999999", number=order.number).encode(), "s.xml")
    assert [one.problem.code for one in wrong.wrong] == ["account_unknown"]
    account = order.fund.account_no
    assert account.startswith(ACCOUNT)
    assert _take(place, CAMT.format(account=account, number=order.number).encode(), "s.xml").matched == 1


def test_reactions_hear_of_payment_and_return(place: Bureau, later: None) -> None:
    heard: list[Any] = []
    reactions.register("test", lambda actor, what: heard.append((what.what, what.amount, what.subjects)))
    order = row(payment(place, "in_file", amount=2 * WAN, parts=2))
    _take(place, _csv(f"2026-03-12,L1,,20000.00,,,{order.number},"))
    actions_payment.return_payment(place.maker, order_id=order.pk, on=AFTER.date(), reason="账号不符")
    assert heard == [("paid", 2 * WAN, ((1, WAN), (2, WAN))), ("returned", 2 * WAN, ((1, WAN), (2, WAN)))]
    reactions._TABLE.pop("test")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"amount": 5}, "payment_fixed"),
        ({"payee_account": "1"}, "payment_fixed"),
        ({"reference": "x"}, "payment_fixed"),
        ({"state": "paid", "closed_at": MONDAY}, "payment_paid_has_posting"),
        ({"state": "nowhere"}, "payment_state_known"),
        ({"hold": None}, "payment_approved_holds_money"),
        ({"approved_by": None}, "payment_approved_first"),
        ({"notice": None}, "payment_noticed_first"),
        ({"closed_at": MONDAY}, "payment_closed_pair"),
    ],
)
def test_the_database_keeps_an_approved_payment_as_it_is(
    place: Bureau, later: None, change: dict[str, Any], constraint: str
) -> None:
    order = payment(place, "approved")
    with pytest.raises(IntegrityError, match=f"{constraint}|is fixed"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order).update(**change)


def test_the_database_refuses_a_payment_that_is_not_its_lines(place: Bureau) -> None:
    order = payment(place)
    with transaction.atomic():
        PaymentOrder.objects.filter(pk=order).update(amount=7)
        with pytest.raises(IntegrityError, match="lines sum to"):
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.parametrize(("notice", "waits"), [(True, (1, 0)), (False, (0, 1))])
def test_a_checked_payment_waits_to_be_published_or_where_none_is_owed_approved(
    place: Bureau, notice: bool, waits: tuple[int, int]
) -> None:
    payment(place, "checked", notice=notice)
    assert (queries_payment.to_publish(place.maker), queries_payment.to_approve(place.checker)) == waits


@pytest.mark.parametrize(("days", "count"), [(0, 0), (1, 1)])
def test_a_published_payment_may_be_approved_from_the_day_after_its_notice(
    place: Bureau, days: int, count: int
) -> None:
    order = payment(place, "in_notice")
    ends = row(order).notice.ends_on
    with clock.at(dt.datetime.combine(ends + dt.timedelta(days=days), dt.time(9), clock.ZONE)):
        assert queries_payment.to_approve(place.checker) == count
