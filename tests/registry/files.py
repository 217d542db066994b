"""Writes departmental files for tests, good and bad."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from factories.firms import code

HEADER = ["统一社会信用代码", "企业名称", "区县", "成立日期", "注册资本(万元)", "住所"]


def row(number: int, **cells: str) -> dict[str, str]:
    """Return one good row; *cells* overrides by column (keys: code, name, district, date, capital, address)."""
    keys = dict(zip(("code", "name", "district", "date", "capital", "address"), HEADER, strict=True))
    good = {
        "code": code(number), "name": f"太原第{number}号机械有限公司", "district": "140105",
        "date": "2015-03-15", "capital": "50.5", "address": f"太原市小店区长治路{number}号",
    }  # fmt: skip
    return {keys[key]: value for key, value in {**good, **cells}.items()}


def text(
    rows: list[dict[str, str]], *, header: list[str] | None = None, ending: str = "\n", delimiter: str = ","
) -> str:
    """Return *rows* as CSV text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header or HEADER, lineterminator=ending, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def save(
    folder: Path, rows: list[dict[str, str]], name: str = "firms.csv", encoding: str = "utf-8", **how: str
) -> Path:
    """Write *rows* to a CSV file and return its path."""
    path = folder / name
    path.write_bytes(text(rows, **how).encode(encoding))  # type: ignore[arg-type]
    return path
