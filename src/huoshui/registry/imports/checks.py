"""Every check on every column of a block at once; only cells that fail the fast reading are looked at one by one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from huoshui.kernel import uscc as credit_code
from huoshui.registry.imports import cells, uscc_column
from huoshui.registry.imports.columns import Column, ColumnPlan
from huoshui.registry.imports.fields import UNITS, Field
from huoshui.registry.imports.problems import Bad, Reason, reason
from huoshui.registry.places import Gazetteer

_EARLIEST = dt.date(1900, 1, 1)
_LISTED = 1000  # warnings kept row by row; beyond that only their number
_KIND_BY_REGISTRAR = {"91": "company", "92": "individual_business", "93": "cooperative"}
Problems = dict[int, list[Reason]]  # place in the block -> what is wrong


@dataclass(slots=True)
class Notes:
    """What was taken in with a remark: how often, and the first rows of each kind."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: dict[str, list[str]] = field(default_factory=dict)

    def add(self, code: str, rows: list[str]) -> None:
        """Count *rows* (each "row: words") under *code* and keep the first of them."""
        self.counts[code] += len(rows)
        kept = self.rows.setdefault(code, [])
        kept.extend(rows[: max(0, _LISTED - len(kept))])


@dataclass(slots=True)
class Seen:
    """The credit codes of the blocks before, as sorted hashes; a hash that comes again is looked up in full.

    *runs*: each longer than those after it together, so that there are few, and a hash is seldom sorted again.
    """

    runs: list[np.ndarray] = field(default_factory=list)
    blocks: list[tuple[pl.Series, pl.Series]] = field(default_factory=list)  # codes and their rows
    first: dict[str, int] = field(default_factory=dict)  # of the codes that came again

    def again(self, codes: pl.Series, rows: pl.Series) -> list[tuple[int, int]]:
        """Return the places in *codes* of those that came before (here or in an earlier block), with their first row."""
        hashes = codes.hash().to_numpy()
        ordered = np.sort(hashes)
        again = [ordered[1:][ordered[1:] == ordered[:-1]], *(_common(run, ordered) for run in self.runs)]
        suspects = pl.Series(np.isin(hashes, np.unique(np.concatenate(again)))) & codes.is_not_null()
        found = self._firsts(codes, rows, suspects) if suspects.any() else []
        self.blocks.append((codes, rows))
        while self.runs and len(self.runs[-1]) <= len(ordered):
            ordered = np.sort(np.concatenate([self.runs.pop(), ordered]))
        if len(ordered):
            self.runs.append(ordered)
        return found

    def _firsts(self, codes: pl.Series, rows: pl.Series, suspects: pl.Series) -> list[tuple[int, int]]:
        wanted = [code for code in codes.filter(suspects).unique().to_list() if code and code not in self.first]
        for known, numbers in [*self.blocks, (codes, rows)] if wanted else []:
            hits = known.is_in(wanted)
            for code, row in zip(known.filter(hits).to_list(), numbers.filter(hits).to_list(), strict=True):
                self.first.setdefault(code, row)
        places = suspects.arg_true().to_list()
        pairs = [(place, self.first.get(code)) for place, code in zip(places, codes[places].to_list(), strict=True)]
        return [(place, row) for place, row in pairs if row is not None and row != rows[place]]


def _common(run: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """Return those of *hashes* that are in *run*; both sorted."""
    near = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
    common: np.ndarray = hashes[run[near] == hashes]
    return common


@dataclass(slots=True)
class Checker:
    """Checks block after block of one file; remembers credit codes to find the ones that come twice."""

    plan: ColumnPlan
    gazetteer: Gazetteer
    today: dt.date
    whole_register: bool  # False: a file of facts, where the name is not needed
    notes: Notes = field(default_factory=Notes)
    seen: Seen = field(default_factory=Seen)

    def check(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Bad]]:
        """Return the good rows, typed (``_row`` and one column a field), and the bad ones with all their reasons."""
        problems: Problems = {}
        typed = [self._read(frame, column, problems) for column in self.plan.columns]
        values = pl.DataFrame([frame["_row"], *typed])
        self._required(values, problems)
        self._twice(values, problems)
        if self.whole_register:
            values = self._completed(values, problems)
        return self._parted(frame, values, problems)

    def _read(self, frame: pl.DataFrame, column: Column, problems: Problems) -> pl.Series:
        raw = frame[column.name]
        read = _FAST.get(column.field.kind, _by_value)
        return read(raw, column, problems, self).alias(column.field.code)

    def _required(self, values: pl.DataFrame, problems: Problems) -> None:
        codes = ("uscc", "name") if self.whole_register else ("uscc",)
        for column in self.plan.columns:
            if column.field.code in codes:
                why = reason("required", label=column.field.label)
                for place in values[column.field.code].is_null().arg_true().to_list():
                    if not any(each.code == column.field.code for each in problems.get(place, ())):
                        problems.setdefault(place, []).append(why)

    def _twice(self, values: pl.DataFrame, problems: Problems) -> None:
        for place, first in self.seen.again(values["uscc"], values["_row"]):
            problems.setdefault(place, []).append(reason("twice_in_file", first=first))

    def _completed(self, values: pl.DataFrame, problems: Problems) -> pl.DataFrame:
        values = self._with_kind(values, problems)
        values = self._with_district(values)
        return _with_capital(values)

    def _with_kind(self, values: pl.DataFrame, problems: Problems) -> pl.DataFrame:
        derived = (
            values["uscc"].str.slice(0, 2).replace_strict(_KIND_BY_REGISTRAR, default=None, return_dtype=pl.String)
        )
        kind = derived if "kind" not in values.columns else values["kind"].fill_null(derived)
        _note(problems, kind.is_null() & values["uscc"].is_not_null(), reason("registrar"), unless_already=True)
        return values.with_columns(kind.alias("kind"))

    def _with_district(self, values: pl.DataFrame) -> pl.DataFrame:
        """District as given; else the registrar's in the credit code; above county level, the one the address names."""
        registrar = values["uscc"].str.slice(2, 6)
        district = values["district_code"].fill_null(registrar) if "district_code" in values.columns else registrar
        places = {code: self.gazetteer.place(code) for code in district.unique().to_list() if code}
        kept = {code: place.code if place else self.gazetteer.city for code, place in places.items()}
        answer = district.replace_strict(kept, default=self.gazetteer.city, return_dtype=pl.String)
        for code, place in places.items():
            if place is None or place.note:
                within = place.code if place else self.gazetteer.city
                answer = self._placed(values, answer, district == code, within, place.note if place else "above_county")
        return values.with_columns(answer.alias("district_code"))

    def _placed(self, values: pl.DataFrame, answer: pl.Series, rows: pl.Series, within: str, note: str) -> pl.Series:
        found = pl.Series([None] * len(values), dtype=pl.String)
        if note != "migrated" and "address" in values.columns:
            found = self.gazetteer.in_addresses(values["address"], within=within)
        unplaced = rows & found.is_null()
        if note == "migrated":
            self._remark("district_migrated", values, unplaced, within)
        else:
            self._remark("district_from_address", values, rows & found.is_not_null(), within, keep=False)
            self._remark(f"district_{note}", values, unplaced, within)
        return answer.set(rows & found.is_not_null(), None).fill_null(found)

    def _remark(self, code: str, values: pl.DataFrame, rows: pl.Series, said: str, *, keep: bool = True) -> None:
        some = values.filter(rows)
        listed = some.head(_LISTED if keep else 0)
        words = [f"{row}: {uscc} {said}" for row, uscc in zip(listed["_row"], listed["uscc"], strict=True)]
        self.notes.add(code, words)
        self.notes.counts[code] += some.height - len(words)

    def _parted(self, frame: pl.DataFrame, values: pl.DataFrame, problems: Problems) -> tuple[pl.DataFrame, list[Bad]]:
        if not problems:
            return values, []
        places = sorted(problems)
        refused = frame[places].drop("_row").rows(named=True)
        rows = frame["_row"][places].to_list()
        bad = [Bad(row, tuple(problems[place]), raw) for place, row, raw in zip(places, rows, refused, strict=True)]
        good = pl.Series([True]).extend_constant(True, frame.height - 1).scatter(places, False)
        return values.filter(good), bad


def _note(problems: Problems, rows: pl.Series, why: Reason, *, unless_already: bool = False) -> None:
    for place in rows.fill_null(value=False).arg_true().to_list():
        if not (unless_already and place in problems):
            problems.setdefault(place, []).append(why)


def _ascii_only(raw: pl.Series) -> pl.Series:
    wide = (raw.str.len_bytes() != raw.str.len_chars()).fill_null(value=False)
    return raw.str.normalize("NFKC").str.strip_chars() if wide.any() else raw


def _slowly(raw: pl.Series, fast: pl.Series, column: Column, problems: Problems) -> pl.Series:
    """Read the cells that *fast* left null although *raw* has text, each different text once."""
    left = raw.is_not_null() & fast.is_null()
    if not left.any():
        return fast
    places = left.arg_true().to_list()
    answers: dict[str, cells.Read] = {}
    for place, text in zip(places, raw[places].to_list(), strict=True):
        if text not in answers:
            answers[text] = cells.read(text, column.field, column.unit)
        if isinstance(why := answers[text], Reason):
            problems.setdefault(place, []).append(why)
    read = [None if isinstance(found := answers[text], Reason) else found for text in raw[places].to_list()]
    return fast.scatter(places, pl.Series(read, dtype=fast.dtype, strict=False))


def _within_limits(values: pl.Series, raw: pl.Series, column: Column, problems: Problems, *, scale: int = 1) -> None:
    low, high = column.field.limits
    least, most = values.min(), values.max()
    for code, limit in (("low", low), ("high", high)):
        if limit is None or least is None or most is None:
            continue
        if (least >= limit * scale) if code == "low" else (most <= limit * scale):  # type: ignore[operator]
            continue
        over = values < limit * scale if code == "low" else values > limit * scale
        for place in over.fill_null(value=False).arg_true().to_list():
            shown = cells.shown(str(raw[place]))
            problems.setdefault(place, []).append(reason(code, label=column.field.label, value=shown, limit=limit))


def _money(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    # exact: decimals of fixed scale, compared with the same text read finer; no binary fraction anywhere
    scale = {1: 2, 1_000: 5, 10_000: 6, 1_000_000: 8, 100_000_000: 10}[UNITS[column.unit]]
    kept = raw.cast(pl.Decimal(38, scale), strict=False)
    fen = kept.to_physical().cast(pl.Int64, strict=False)
    if scale > 2 or not (raw.str.slice(-3, 1) == ".").all():  # all written with two places: nothing can be finer
        finer = raw.cast(pl.Decimal(38, scale + 8), strict=False)
        fen = fen.set((kept != finer).fill_null(value=True), None)
    fen = _slowly(raw, fen, column, problems)
    _within_limits(fen, raw, column, problems, scale=100)
    return fen


def _whole(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    values = _slowly(raw, raw.cast(pl.Int64, strict=False), column, problems)
    _within_limits(values, raw, column, problems)
    return values


def _decimal(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    fast = raw.cast(pl.Int64, strict=False)
    if fast.null_count() > raw.null_count():
        fast = raw.cast(pl.Decimal(38, 6), strict=False)
    values = _slowly(raw, fast, column, problems)
    _within_limits(values, raw, column, problems)
    return values


def _date(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    values = _slowly(raw, raw.str.to_date("%Y-%m-%d", strict=False), column, problems)
    for code, beyond in (("date_early", values < _EARLIEST), ("date_future", values > checker.today)):
        if code == "date_future" and column.field.code != "established_on":
            continue  # a permit may run out in the future; a firm cannot be founded there
        for place in beyond.fill_null(value=False).arg_true().to_list():
            problems.setdefault(place, []).append(reason(code, label=column.field.label, value=raw[place]))
    return values


def _code(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    codes = raw.str.to_uppercase()
    wrong = codes.is_not_null() & ~uscc_column.valid(codes)
    if not wrong.any():
        return codes
    places = wrong.arg_true().to_list()
    repaired: list[str | None] = []
    for place, text in zip(places, raw[places].to_list(), strict=True):
        if cells.half_width(text) in cells.MISSING:
            repaired.append(None)
            continue
        verdict = credit_code.read(text)
        repaired.append(verdict.normalised if verdict.valid else None)
        if verdict.problem:
            why = reason("uscc", label=column.field.label, value=cells.shown(text), why=verdict.problem.text)
            problems.setdefault(place, []).append(why)
    return codes.scatter(places, pl.Series(repaired, dtype=pl.String))


def _text(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    values = raw.str.strip_chars()
    if values.str.contains(r"[\x00-\x1f\x7f\u3000]|  ").any():
        values = _tidied(values, checker)
    lengths = values.str.len_bytes()
    if (lengths > (limit := column.field.length)).any():  # more bytes than characters allowed: count the characters
        _note(problems, values.str.len_chars() > limit, reason("long", label=column.field.label, limit=limit))
    if (lengths <= 4).any():
        values = values.set(values.is_in(["", "-", "--", "—", "/", "NULL", "null"]), None)
    return values


def _tidied(values: pl.Series, checker: Checker) -> pl.Series:
    values = values.str.replace_all(r"[\s\u3000]+", " ")
    control = values.str.contains(r"[\x00-\x1f\x7f]").fill_null(value=False)
    if control.any():  # invisible rubbish of old systems, and NUL, which PostgreSQL cannot keep
        values = values.str.replace_all(r"[\x00-\x1f\x7f]", "")
        checker.notes.counts["control_removed"] += int(control.sum())
    return values


def _name(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    values = _text(raw, column, problems, checker)
    if values.str.contains(
        "(", literal=True
    ).any():  # registered names are written with full-width brackets, and searched so
        values = values.str.replace_many(["(", ")"], ["（", "）"])
    for place in (values.str.len_chars() < 2).fill_null(value=False).arg_true().to_list():
        problems.setdefault(place, []).append(reason("short", label=column.field.label, value=raw[place]))
    return values


def _district(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    values = _ascii_only(raw.str.strip_chars())
    known = {text: checker.gazetteer.place(text) for text in values.unique().to_list() if text}
    for text, place in known.items():
        if place is None and text not in cells.MISSING:
            _note(problems, values == text, reason("district", label=column.field.label, value=cells.shown(text)))
    # an abolished code stays itself here: what becomes of it is decided with the address at hand
    kept = {text: (text[:6] if text.isdigit() else place.code) if place else None for text, place in known.items()}
    return values.replace_strict(kept, default=None, return_dtype=pl.String)


def _phone(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    """Keep mobile numbers; a landline cannot receive a code, so it is left out with a remark and refuses nothing."""
    digits = _ascii_only(raw).str.replace_all(r"[\s\-()+]", "").str.replace(r"^(00)?86(1\d{10})$", "$2")
    usable = digits.str.contains(r"^1[3-9]\d{9}$").fill_null(value=False)
    unusable = (digits.str.len_bytes() > 0) & ~usable
    if (count := int(unusable.sum())) > 0:
        checker.notes.counts["phone_unusable"] += count
    return digits.set(~usable, None)


def _by_value(raw: pl.Series, column: Column, problems: Problems, checker: Checker) -> pl.Series:
    """Read each different text once: choices, flags, codes and labels have few."""
    kind = pl.Boolean if column.field.kind == "flag" else pl.String
    answers: dict[str, object] = {}
    for text in raw.unique().to_list():
        if text is None:
            continue
        found = cells.read(text, column.field, column.unit)
        if isinstance(found, Reason):
            _note(problems, raw == text, found)
        else:
            answers[text] = found
    if all(text == (str(found).lower() if kind is pl.Boolean else found) for text, found in answers.items()):
        return raw  # written as it is kept ("true" is what PostgreSQL reads as true)
    return raw.replace_strict(answers, default=None, return_dtype=kind)


def _with_capital(values: pl.DataFrame) -> pl.DataFrame:
    """Part capital in 元 from capital in another currency, which is kept as it is and never converted."""
    if "registered_capital" not in values.columns:
        return values.drop("capital_currency", strict=False)
    amount = values["registered_capital"]
    currency = (
        values["capital_currency"].fill_null("CNY") if "capital_currency" in values.columns else pl.Series(["CNY"])
    )
    if len(currency) != len(amount):
        currency = pl.Series(["CNY"]).extend_constant("CNY", max(len(amount) - 1, 0)).head(len(amount))
    home = currency == "CNY"
    return values.with_columns(
        amount.set(~home, None).alias("registered_capital"),
        amount.set(home, None).alias("capital_foreign"),
        currency.set(amount.is_null(), None).alias("capital_currency"),
    )


_FAST = {
    "uscc": _code,
    "name": _name,
    "text": _text,
    "district": _district,
    "phone": _phone,
    "money": _money,
    "whole": _whole,
    "decimal": _decimal,
    "date": _date,
}
__all__ = ["Checker", "Field", "Notes"]
