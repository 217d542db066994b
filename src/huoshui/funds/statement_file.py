"""A bank's statement read from CSV, Excel or camt.053: movements, or every line that is wrong and how to repair it. Pure.

Columns of CSV and Excel, in any order: 交易日期, 流水号, 收入 and 支出 (or 金额 with its sign), 对方户名, 对方账号, 摘要; where
there is a column 本方账号 every line has to name the fund's account. camt.053: ISO 20022 bank-to-customer statement.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree  # document type declarations are refused before anything is parsed

from python_calamine import CalamineError, CalamineWorkbook

from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.money import narrow, parse_yuan
from huoshui.kernel.text import Text

COLUMNS: dict[str, tuple[str, ...]] = {
    "booked_on": ("交易日期", "记账日期", "日期", "date"),
    "bank_ref": ("流水号", "交易流水号", "银行流水", "reference"),
    "income": ("收入", "贷方发生额", "贷方金额", "credit"),
    "outgo": ("支出", "借方发生额", "借方金额", "debit"),
    "amount": ("金额", "交易金额", "amount"),
    "party": ("对方户名", "对方名称", "counterparty"),
    "party_account": ("对方账号", "对方账户", "counterparty account"),
    "remark": ("摘要", "附言", "用途", "remark"),
    "own": ("本方账号", "账号", "account"),
}
NEEDED = ("booked_on", "bank_ref")
MOST_LINES, MOST_BYTES, MOST_REMARK = 20_000, 20 * 1024 * 1024, 200
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?")


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the statement (*row* as the file numbers it); *amount* fen, above 0 in, below 0 out."""

    row: int
    booked_on: dt.date
    bank_ref: str
    amount: int
    party: str = ""
    party_account: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a line of the file."""

    row: int
    problem: Problem


def read(name: str, data: bytes, *, account_no: str) -> tuple[list[Movement], list[Wrong]]:
    """Return the movements of a file and what is wrong with its lines. Raises DomainError where it cannot be read."""
    if len(data) > MOST_BYTES:
        raise _file("file_large", "文件超过 20 MB。", "The file is above 20 MB.")
    if not data.strip():
        raise _file("file_empty", "文件是空的。", "The file is empty.")
    ending = name.rsplit(".", 1)[-1].lower()
    if ending in ("xlsx", "xls"):
        return _table(_sheet(data), account_no)
    if ending == "xml" or data.lstrip()[:5] == b"<?xml":
        return _camt(data, account_no)
    if ending in ("csv", "txt"):
        return _table(list(csv.reader(io.StringIO(_text(data)))), account_no)
    raise _file("file_kind", "只认 CSV、Excel 和 camt.053。", "CSV, Excel or camt.053 only.")


def _sheet(data: bytes) -> list[list[str]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        cells = book.get_sheet_by_index(0).to_python()
    except (CalamineError, ValueError, IndexError) as broken:
        raise _file("file_broken", "工作簿无法打开。", "The workbook cannot be opened.") from broken
    return [[_cell(cell) for cell in row] for row in cells]


def _cell(cell: object) -> str:
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float):
        # a number cell: repr is the shortest text that means it; more than two decimals stay visible and are refused
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _file("file_encoding", "文字编码无法识别，请另存为 UTF-8。", "Save it as UTF-8.")


def _table(cells: Sequence[Sequence[str]], account_no: str) -> tuple[list[Movement], list[Wrong]]:
    at, names = _header(cells)
    good: list[Movement] = []
    wrong: list[Wrong] = []
    for number, row in enumerate(cells[at + 1 :], start=at + 2):
        if not any(cell.strip() for cell in row):
            continue
        values = {name: row[column].strip() if column < len(row) else "" for name, column in names.items()}
        if values["booked_on"] in ("合计", "总计"):
            continue
        _take(number, values, account_no, good, wrong)
    return good, [*wrong, *_twice(good)]


def _header(cells: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for at, row in enumerate(cells[:20]):
        plain = [narrow(cell).split("（")[0].split("(")[0].strip().lower() for cell in row]
        names = {name: plain.index(alias) for name, known in COLUMNS.items() for alias in known if alias in plain}
        if all(name in names for name in NEEDED) and names.keys() & {"income", "outgo", "amount"}:
            if len(cells) - at > MOST_LINES + 1:
                raise _file("too_many_rows", f"一份对账单最多 {MOST_LINES} 行。", f"At most {MOST_LINES} lines.")
            return at, names
    raise _file(
        "columns_missing",
        "缺少列：交易日期、流水号、收入/支出（或金额）。",
        "Columns are missing: date, reference, amount.",
    )


def _take(number: int, values: Mapping[str, str], account_no: str, good: list[Movement], wrong: list[Wrong]) -> None:
    problems = []
    day = _day(values["booked_on"])
    if day is None:
        problems.append(
            _said("booked_on", values["booked_on"], "日期无法识别", "The date is not readable", "2026-03-15")
        )
    if not values["bank_ref"]:
        problems.append(_said("bank_ref", "", "流水号没有填写", "The reference is missing", "—"))
    own = values.get("own", "").replace(" ", "")
    if own and account_no and own != account_no:
        problems.append(_unknown_account(own, account_no))
    amount = 0
    try:
        amount = _amount(values)
    except DomainError as refusal:
        problems += refusal.problems
    if problems or day is None:
        wrong += [Wrong(number, problem) for problem in problems]
        return
    good.append(
        Movement(
            number, day, values["bank_ref"][:80], amount, values.get("party", "")[:120],
            values.get("party_account", "").replace(" ", "")[:40], values.get("remark", "")[:MOST_REMARK],
        )
    )  # fmt: skip


def _amount(values: Mapping[str, str]) -> int:
    if signed := values.get("amount", ""):
        fen = int(parse_yuan(signed, field="amount", negative=True))
    else:
        income = int(parse_yuan(values.get("income") or "0", field="income"))
        outgo = int(parse_yuan(values.get("outgo") or "0", field="outgo"))
        if income and outgo:
            words = Text("收入和支出不能同时有金额。", "A line is either in or out.")
            raise DomainError("amount_both", words, field="amount", value=f"{values['income']} / {values['outgo']}")
        fen = income - outgo
    if not fen:
        raise DomainError("amount_zero", Text("金额不能为 0。", "The amount is zero."), field="amount", value="0")
    return fen


def _twice(good: Sequence[Movement]) -> Iterator[Wrong]:
    seen: dict[str, int] = {}
    for one in good:
        if one.bank_ref in seen:
            first = seen[one.bank_ref]
            words = Text(
                f"流水号“{one.bank_ref}”与第 {first} 行重复。", f"Reference {one.bank_ref} is on line {first} too."
            )
            remedy = Text("请删去重复行后重新导入。", "Remove the duplicate and take it in again.")
            yield Wrong(one.row, Problem("line_twice", words, "bank_ref", one.bank_ref, remedy))
        seen.setdefault(one.bank_ref, one.row)


def _camt(data: bytes, account_no: str) -> tuple[list[Movement], list[Wrong]]:
    head = data[:2048].upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in data.upper():
        raise _file("file_unsafe", "文件含有不允许的声明。", "Document type declarations are not taken.")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314  declarations were refused above
    except ElementTree.ParseError as broken:
        raise _file("file_broken", "XML 文件不完整。", "The XML is broken.") from broken
    good: list[Movement] = []
    wrong: list[Wrong] = []
    number = 0
    for statement in _all(root, "Stmt"):
        own = _first(statement, "Acct/Id/IBAN") or _first(statement, "Acct/Id/Othr/Id")
        for entry in _all(statement, "Ntry"):
            number += 1
            _take(number, _entry(entry, own), account_no, good, wrong)
    if not number:
        raise _file("statement_empty", "没有读到交易明细。", "No entry was found.")
    return good, [*wrong, *_twice(good)]


def _entry(entry: ElementTree.Element, own: str) -> dict[str, str]:
    out = _first(entry, "CdtDbtInd") == "DBIT"
    side = "Cdtr" if out else "Dbtr"
    ref = _first(entry, "AcctSvcrRef") or _first(entry, "NtryRef") or _first(entry, "NtryDtls/TxDtls/Refs/EndToEndId")
    parties = "NtryDtls/TxDtls/RltdPties"
    currency = next((one.get("Ccy", "CNY") for one in entry if one.tag.endswith("}Amt") or one.tag == "Amt"), "CNY")
    amount = _first(entry, "Amt")
    return {
        "booked_on": _first(entry, "BookgDt/Dt") or _first(entry, "BookgDt/DtTm"),
        "bank_ref": ref,
        "outgo" if out else "income": amount if currency == "CNY" else f"{currency} {amount}",
        "party": _first(entry, f"{parties}/{side}/Nm") or _first(entry, f"{parties}/{side}/Pty/Nm"),
        "party_account": _first(entry, f"{parties}/{side}Acct/Id/IBAN")
        or _first(entry, f"{parties}/{side}Acct/Id/Othr/Id"),
        "remark": _first(entry, "NtryDtls/TxDtls/RmtInf/Ustrd") or _first(entry, "AddtlNtryInf"),
        "own": own,
    }


def _all(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return list(element.iterfind(f".//{{*}}{name}"))


def _first(element: ElementTree.Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def _day(text: str) -> dt.date | None:
    found = _DAY.fullmatch(narrow(text))
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _said(field: str, value: str, zh: str, en: str, example: str) -> Problem:
    remedy = Text(f"请写成 {example}。", f"Write {example}.") if example != "—" else None
    return Problem(
        f"{field}_unreadable", Text(f"{zh}：“{value[:40]}”。", f"{en}: “{value[:40]}”."), field, value, remedy
    )


def _unknown_account(own: str, account_no: str) -> Problem:
    return Problem(
        "account_unknown",
        Text(f"账号“{own}”不是这项资金的专户。", f"Account {own} is not this fund's."),
        "account_no",
        own,
        Text(f"请导入账号 {account_no} 的对账单。", f"Take in the statement of {account_no}."),
    )


def _file(code: str, zh: str, en: str) -> DomainError:
    return DomainError(code, Text(zh, en), field="file")
