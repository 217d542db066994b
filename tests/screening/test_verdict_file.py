"""Pages of verdicts.parquet as other readers see them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from huoshui.rules.members import Lists
from huoshui.screening import verdict_file
from huoshui.screening.verdict_file import SCHEMA, VerdictFile

CODES = [f"P{number:03d}" for number in range(300)]
FIRM = st.lists(st.integers(0, 299), max_size=20, unique=True).map(sorted)


def listed(firms: list[list[int]]) -> Lists:
    offsets = np.cumsum([0, *map(len, firms)]).astype(np.int32)
    return Lists(offsets, np.array([number for firm in firms for number in firm], np.uint16))


def written(path: Path, batches: list[tuple[list[str], list[list[int]]]]) -> list[dict[str, object]]:
    with VerdictFile(path, CODES) as file:
        for uscc, firms in batches:
            file.write(
                pa.array(uscc, pa.string()), (listed(firms), listed(firms[::-1]), listed([f[:2] for f in firms]))
            )
    return [
        {
            "uscc": code,
            "yes": [CODES[n] for n in firm],
            "near": [CODES[n] for n in other],
            "best": [CODES[n] for n in firm[:2]],
        }
        for uscc, firms in batches
        for code, firm, other in zip(uscc, firms, firms[::-1], strict=True)
    ]


@settings(max_examples=60, deadline=None)
@given(
    batches=st.lists(st.lists(FIRM, max_size=30), max_size=3), even=st.booleans(), page=st.sampled_from([1, 7, 1 << 20])
)
def test_arrow_and_polars_read_what_was_written(
    tmp_path_factory: object, batches: list[list[list[int]]], even: bool, page: int
) -> None:
    path = tmp_path_factory.mktemp("pages") / "verdicts.parquet"  # type: ignore[attr-defined]
    named = [([f"{n:018d}" if even else "统" * (n % 4) for n in range(len(b))], b) for b in batches]
    whole, verdict_file._PAGE_VALUES = verdict_file._PAGE_VALUES, page
    try:
        expected = written(path, named)
    finally:
        verdict_file._PAGE_VALUES = whole
    table = pq.read_table(path)
    assert table.schema.equals(SCHEMA)
    assert table.to_pylist() == expected
    assert pl.read_parquet(path).to_dicts() == expected


def test_a_file_without_firms_has_the_columns(tmp_path: Path) -> None:
    assert written(tmp_path / "v.parquet", []) == []
    assert pq.read_table(tmp_path / "v.parquet").schema.equals(SCHEMA)
    assert pq.read_metadata(tmp_path / "v.parquet").num_rows == 0


def test_a_reader_skips_row_groups_by_their_credit_codes(tmp_path: Path) -> None:
    written(tmp_path / "v.parquet", [(["b", "a"], [[1], []]), (["d", "c"], [[], [2]])])
    found = pq.read_table(tmp_path / "v.parquet", filters=[("uscc", "=", "c")]).to_pylist()
    assert found == [{"uscc": "c", "yes": ["P002"], "near": [], "best": ["P002"]}]
    group = pq.read_metadata(tmp_path / "v.parquet").row_group(1).column(0)
    assert (group.statistics.min, group.statistics.max) == ("c", "d")
