"""Opens a departmental file of any kind as frames of text, after checks that a hostile file cannot outlive."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from huoshui.registry.imports.blocks import check_header, open_csv
from huoshui.registry.imports.problems import FileRefused, Frame, Source

MB = 1024 * 1024
# A sheet holds at most 1,048,576 rows; a full one of 40 columns has about 150 MB. Beyond that CSV is the way.
EXCEL_LIMIT_MB = 200
UNPACKED_LIMIT_MB = 2048
# Real sheets pack 5 to 25 times; a bomb packs 1,000 times (deflate's own limit is 1,032).
RATIO_LIMIT = 150
EXCEL_SECONDS = 300
EXCEL_MEMORY = 6 * 1024 * MB
PARQUET_ROWS = 65_536
_SHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_TEXT = {".csv", ".txt", ".tsv"}


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open *path* by its ending. Raises FileRefused with the remedy when it cannot or must not be read."""
    kind = path.suffix.lower()
    if not path.is_file():
        raise FileRefused("file_missing", name=path.name)
    if not path.stat().st_size:
        raise FileRefused("file_empty", name=path.name)
    if kind in _TEXT:
        yield open_csv(path)
    elif kind in _SHEETS:
        with _sheet(path) as source:
            yield source
    elif kind == ".parquet":
        yield _parquet(path)
    else:
        raise FileRefused("file_kind", name=path.name)


@contextmanager
def _sheet(path: Path) -> Iterator[Source]:
    guard_workbook(path)
    with tempfile.TemporaryDirectory(prefix="huoshui-sheet-") as folder:
        target = Path(folder) / "sheet.csv"
        answer = _convert(path, target)
        if not target.stat().st_size:
            raise FileRefused("file_empty", name=path.name)
        source = open_csv(target, first_row=int(answer["first_row"]))
        yield Source(source.columns, source.frames, other_sheets=len(answer["sheets"]) - 1)


def guard_workbook(path: Path) -> None:
    """Refuse a workbook that is too large, or that claims to unpack beyond reason, before anything is unpacked."""
    size = path.stat().st_size
    if size > EXCEL_LIMIT_MB * MB:
        raise FileRefused("file_large", name=path.name, size=size // MB, limit=EXCEL_LIMIT_MB)
    if path.suffix.lower() == ".xls":
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise FileRefused("file_broken", name=path.name, why="不是有效的工作簿 / not a workbook") from None
    ratio = unpacked // max(size, 1)
    if unpacked > UNPACKED_LIMIT_MB * MB or (unpacked > 50 * MB and ratio > RATIO_LIMIT):
        raise FileRefused("zip_bomb", name=path.name, size=unpacked // MB, ratio=ratio)


def _convert(path: Path, target: Path) -> dict[str, Any]:
    # a process of its own: sizes in a zip's directory may lie, and the reader's memory and time are then the only judge
    command = [sys.executable, "-m", "huoshui.registry.excel_worker", str(path), str(target), str(EXCEL_MEMORY)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=EXCEL_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise FileRefused("file_slow", name=path.name, seconds=EXCEL_SECONDS) from None
    if done.returncode or not done.stdout:
        raise FileRefused("file_broken", name=path.name, why="读取时超出内存 / out of memory while reading")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise FileRefused("file_broken", name=path.name, why=answer["error"])
    return answer


def _parquet(path: Path) -> Source:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused("file_broken", name=path.name, why=str(error).split("\n")[0]) from None
    columns = list(file.schema_arrow.names)
    check_header(columns)
    if not file.metadata.num_rows:
        raise FileRefused("no_rows")
    return Source(columns, _parquet_frames(file, path.name))


def _parquet_frames(file: pq.ParquetFile, name: str) -> Iterator[Frame]:
    row = 2  # as if the names stood in row 1, so that row numbers mean the same for every kind of file
    try:
        for batch in file.iter_batches(PARQUET_ROWS):
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            text = frame.select(_as_text(frame[column]) for column in frame.columns)
            yield text.with_row_index("_row", offset=row).cast({"_row": pl.Int64}), []
            row += frame.height
    except (pa.ArrowException, OSError) as error:
        raise FileRefused("file_broken", name=name, why=str(error).split("\n")[0]) from None


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype in (pl.Float32, pl.Float64):
        # exact decimals to six places: a float's own text may be "1e16"
        exact = column.round(6).cast(pl.Decimal(38, 6), strict=False).cast(pl.String)
        return exact.str.replace(r"\.?0+$", "").alias(column.name)
    if isinstance(column.dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join(";").alias(column.name)
    return column.cast(pl.String)
