"""A bank's file of repayments: rows found right or wrong one by one, then all taken in or none.

Columns (Excel or CSV, in any order): 合同编号, 流水号, 还款日期, 归还本金, 支付利息 (元). A slip that is known with the same
figures is counted and skipped, so that the same file sent twice changes nothing; one wrong row keeps the whole file out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.financing import actions_loan as loans
from huoshui.financing import referral_lifecycle as lifecycle
from huoshui.financing.loan_book import Paid
from huoshui.financing.models import Loan, Repayment
from huoshui.financing.perform import lock, require, writing
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.money import narrow, parse_yuan
from huoshui.kernel.text import Text
from huoshui.registry.imports.files import opened

COLUMNS: dict[str, tuple[str, ...]] = {
    "contract_no": ("合同编号", "合同号", "contract_no", "contract"),
    "slip_no": ("流水号", "还款流水号", "slip_no", "slip"),
    "paid_on": ("还款日期", "日期", "paid_on", "date"),
    "principal": ("归还本金", "本金", "principal"),
    "interest": ("支付利息", "利息", "interest"),
}
HEADER = tuple(names[0] for names in COLUMNS.values())
MOST_ROWS = 20_000
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row of the file (*row* as the spreadsheet numbers it)."""

    row: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of a file: *recorded* new, *known* already recorded; with any *problems* nothing was recorded."""

    rows: int
    recorded: int
    known: int
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    contract_no: str
    slip_no: str
    paid_on: dt.date
    principal: int
    interest: int


def import_repayments(actor: Actor, file: Path | str) -> ImportResult:
    """Take in a file of repayments of the actor's own loans. Raises DomainError where the file itself cannot be read."""
    require(actor, Permission.MANAGE_LOANS)
    cells = list(_cells(Path(file)))
    rows: list[_Row] = []
    wrong: list[RowProblem] = []
    for number, values in cells:
        read = _read(number, values)
        (rows if isinstance(read, _Row) else wrong).append(read)  # type: ignore[arg-type]
    return _take_in(actor, rows, wrong, len(cells))


def _take_in(actor: Actor, rows: list[_Row], wrong: list[RowProblem], total: int) -> ImportResult:
    contracts = {row.contract_no for row in rows}
    found = scope(actor, Loan.objects.filter(contract_no__in=contracts)).select_related("referral__demand", "bank")
    by_contract = {loan.contract_no: loan for loan in found}
    slips = _known(list(by_contract.values()))
    with writing():
        for demand_id in sorted({loan.referral.demand_id for loan in by_contract.values() if loan.referral}):
            lock(demand_id)
        for loan in by_contract.values():
            loan.refresh_from_db(fields=["drawn", "repaid", "version", "state", "overdue_days", "five_class"])
        recorded, known = _post_all(actor, rows, by_contract, slips, wrong)
        if wrong:
            transaction.set_rollback(True)  # one wrong row keeps the whole file out
            return ImportResult(total, 0, known, tuple(sorted(wrong, key=lambda each: each.row)))
        facts = {"rows": total, "recorded": recorded, "known": known}
        record(actor, "REPAYMENTS_IMPORTED", ("organisation", actor.organisation_id or 0), facts=facts)
    return ImportResult(total, recorded, known, ())


def _post_all(
    actor: Actor,
    rows: list[_Row],
    by_contract: dict[str, Loan],
    slips: dict[tuple[int, str], Any],
    wrong: list[RowProblem],
) -> tuple[int, int]:
    recorded = known = 0
    for row in sorted(rows, key=lambda each: (each.paid_on, each.number)):
        loan = by_contract.get(row.contract_no)
        if loan is None:
            said = Text(f"没有合同“{row.contract_no}”。", f"There is no contract {row.contract_no}.")
            wrong.append(RowProblem(row.number, (Problem("contract_unknown", said, "contract_no", row.contract_no),)))
            continue
        figures = (row.paid_on, row.principal, row.interest)
        if (loan.pk, row.slip_no) in slips:
            if slips[loan.pk, row.slip_no] == figures:
                known += 1
            else:
                wrong.append(RowProblem(row.number, (_slip_differs(row.slip_no),)))
            continue
        slips[loan.pk, row.slip_no] = figures
        if problems := _post(actor, loan, row, post=not wrong):
            wrong.append(RowProblem(row.number, problems))
        else:
            recorded += 1
    return recorded, known


def _post(actor: Actor, loan: Loan, row: _Row, *, post: bool) -> tuple[Problem, ...]:
    case = loan.referral
    assert case is not None
    decision = lifecycle.decide(case.state, lifecycle.Act.REPAY, actor=actor, facts=lifecycle.Facts())
    problems = [
        *decision.reasons,
        *loans.repayment_problems(loan, row.paid_on, row.principal, row.interest, row.slip_no),
    ]
    if not problems and post:
        paid = Paid(row.paid_on, row.principal, row.interest)
        loans.post_repayment(actor, loan, case, case.demand, paid, row.slip_no)
    return tuple(problems)


def _slip_differs(slip: str) -> Problem:
    said = Text(f"流水号“{slip}”已登记，但金额或日期不同。", f"Slip {slip} is recorded with other figures.")
    return Problem("slip_differs", said, field="slip_no", value=slip)


def _known(found: list[Loan]) -> dict[tuple[int, str], Any]:
    rows = Repayment.objects.filter(loan__in=found).values_list(
        "loan_id", "slip_no", "paid_on", "principal", "interest"
    )
    return {(loan, slip): tuple(figures) for loan, slip, *figures in rows}


def _cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with opened(path) as source:
        names = _columns(source.columns)
        count = 0
        for frame, _ in source.frames:
            for values in frame.to_dicts():
                count += 1
                if count > MOST_ROWS:
                    words = Text(f"一份文件最多 {MOST_ROWS} 行。", f"At most {MOST_ROWS} rows a file.")
                    raise DomainError("too_many_rows", words, field="file", value=count)
                yield int(values["_row"]), {name: str(values[column] or "") for name, column in names.items()}


def _columns(given: list[str]) -> dict[str, str]:
    plain = {narrow(name).split("（")[0].split("(")[0].strip().lower(): name for name in given}
    found = {name: plain[alias] for name, aliases in COLUMNS.items() for alias in aliases if alias in plain}
    missing = [COLUMNS[name][0] for name in COLUMNS if name not in found]
    if missing:
        words = Text(f"缺少列：{'、'.join(missing)}。", f"Missing columns: {', '.join(missing)}.")
        raise DomainError("columns_missing", words, field="file", value=missing)
    return found


def _read(number: int, values: dict[str, str]) -> _Row | RowProblem:
    problems: list[Problem] = []
    amounts = {}
    for field in ("principal", "interest"):
        try:
            amounts[field] = parse_yuan(values[field], field=field)
        except DomainError as refusal:
            problems += refusal.problems
    day = _day(values["paid_on"])
    if day is None:
        said = Text("还款日期无法识别，请写成 2026-03-15。", "The date is not readable; write 2026-03-15.")
        problems.append(Problem("paid_on_unreadable", said, "paid_on", values["paid_on"]))
    problems += [
        Problem(f"{field}_missing", Text(f"{COLUMNS[field][0]}没有填写。", f"{field} is missing."), field)
        for field in ("contract_no", "slip_no")
        if not values[field].strip()
    ]
    if problems or day is None:
        return RowProblem(number, tuple(problems))
    return _Row(number, values["contract_no"].strip(), values["slip_no"].strip(), day, **amounts)


def _day(text: str) -> dt.date | None:
    found = _DAY.fullmatch(narrow(text))
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
