"""A Parquet file of firms: checked against the rules before anything runs, then read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.rules.columns import EXPECTED, accepts
from huoshui.rules.facts import Fact, FactDictionary, Kind

BATCH_ROWS = 65_536  # a column of it fits into a core's cache; twice as many save calls, but leave threads waiting
PART_ROWS = 1_048_576  # what a killed run loses at most, a second of work, where row groups allow
_NAMED = (Kind.CODE, Kind.GRADE, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of whole row groups: the unit that is finished, kept and resumed."""

    number: int
    groups: tuple[int, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class FirmsFile:
    """A file that has every column the rules need. *needed*: its columns in reading order, credit code first."""

    path: Path
    rows: int
    needed: tuple[str, ...]
    named: tuple[str, ...]
    group_rows: tuple[int, ...]

    def parts(self) -> list[Part]:
        """Return the file's row groups in parts of about PART_ROWS rows."""
        parts: list[Part] = []
        groups: list[int] = []
        rows = 0
        for group, size in enumerate(self.group_rows):
            groups.append(group)
            rows += size
            if rows >= PART_ROWS:
                parts.append(Part(len(parts), tuple(groups), rows))
                groups, rows = [], 0
        if groups:
            parts.append(Part(len(parts), tuple(groups), rows))
        return parts

    def batches(self, groups: Sequence[int], *, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows of *groups* in order, at most BATCH_ROWS at a time."""
        with pq.ParquetFile(self.path, memory_map=True, read_dictionary=list(self.named)) as file:
            wanted = list(columns or self.needed)
            try:
                yield from file.iter_batches(BATCH_ROWS, row_groups=list(groups), columns=wanted, use_threads=True)
            except (OSError, pa.ArrowException) as problem:
                raise _unreadable(self.path, problem) from None


def open_firms(path: Path, reads: Sequence[str], facts: FactDictionary) -> FirmsFile:
    """Return the file at *path* with all the facts in *reads*. Raises Refused with every missing or mistyped column."""
    try:
        with pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
    except (OSError, pa.ArrowException) as problem:
        raise _unreadable(path, problem) from None
    needed = ("uscc", "district_code", *(code for code in reads if code != "district_code"))
    if problems := list(_problems(schema, needed, facts)):
        raise Refused(problems)
    named = tuple(code for code in needed[1:] if code not in facts or facts[code].kind in _NAMED)
    sizes = tuple(metadata.row_group(group).num_rows for group in range(metadata.num_row_groups))
    return FirmsFile(path, metadata.num_rows, needed, named, sizes)


def find_firm(file: FirmsFile, uscc: str, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Return the facts of the firm with credit code *uscc*, typed as the one-firm evaluator reads them.

    Raises DomainError (no_such_firm, firm_twice).
    """
    found: list[dict[str, Any]] = []
    for group in range(len(file.group_rows)):
        for batch in file.batches([group], columns=["uscc"]):
            if pc.any(pc.equal(batch.column("uscc"), uscc)).as_py():
                found += _rows(file, group, uscc)
                break
    if len(found) == 1:
        return {code: value for code, value in found[0].items() if code in facts and value is not None}
    code, zh, en = (
        (
            "firm_twice",
            f"信用代码 {uscc} 在文件中出现 {len(found)} 次。",
            f"{uscc} stands {len(found)} times in the file.",
        )
        if found
        else ("no_such_firm", f"文件中没有信用代码 {uscc}。", f"No firm in the file has the credit code {uscc}.")
    )
    raise DomainError(code, Text(zh, en), field="firm", value=uscc)


def _rows(file: FirmsFile, group: int, uscc: str) -> Iterator[dict[str, Any]]:
    for batch in file.batches([group]):
        yield from batch.filter(pc.equal(batch.column("uscc"), uscc)).to_pylist()


def _problems(schema: pa.Schema, needed: Sequence[str], facts: FactDictionary) -> Iterator[Problem]:
    kinds = {"uscc": Fact("uscc", Text("统一社会信用代码", "credit code"), Kind.TEXT)}
    for code in needed:
        fact = facts.get(code) or kinds.get(code) or Fact(code, Text(code, code), Kind.CODE)
        label = fact.label
        if len(schema.get_all_field_indices(code)) > 1:
            yield _problem("column_twice", code, f"列 {code} 出现了多次。", f"The column {code} stands there twice.")
        elif code not in schema.names:
            yield _problem(
                "no_column",
                code,
                f"数据文件缺少列 {code}（{label.zh}）。",
                f"The file of firms has no column {code} ({label.en}).",
            )
        elif not accepts(fact, found := schema.field(code).type):
            wanted = EXPECTED[fact.kind]
            yield _problem(
                "wrong_type",
                code,
                f"列 {code}（{label.zh}）的类型是 {found}，应为 {wanted}。",
                f"The column {code} ({label.en}) is {found}; it must be {wanted}.",
            )


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field)


def _unreadable(path: Path, problem: Exception) -> DomainError:
    reason = str(problem).splitlines()[0][:200].rstrip(".") if str(problem) else type(problem).__name__
    return DomainError(
        "unreadable",
        Text(f"{path.name} 不是完整的 Parquet 文件：{reason}。", f"{path.name} is not a whole Parquet file: {reason}."),
        field="firms",
        value=path.name,
        remedy=Text("请重新导出该文件。", "Export the file again."),
    )
