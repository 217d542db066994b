"""Opening files: every encoding and kind that departments send, and every one that must be refused."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from huoshui.registry.imports import blocks, files
from huoshui.registry.imports.problems import Bad, FileRefused
from registry import files as made

ROWS = [made.row(number) for number in (1, 2, 3)]


def read(path: Path) -> tuple[pl.DataFrame, list[Bad]]:
    with files.opened(path) as source:
        frames, bad = [], []
        for frame, worse in source.frames:
            frames.append(frame)
            bad += worse
        return pl.concat(frames), bad


def refused(path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_text_is_read_alike_in_every_encoding_and_line_ending(tmp_path: Path, encoding: str, ending: str) -> None:
    path = made.save(tmp_path, ROWS, encoding=encoding, ending=ending)
    frame, bad = read(path)
    assert bad == []
    assert frame.drop("_row").rows(named=True) == ROWS
    assert frame["_row"].to_list() == [2, 3, 4]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    assert read(made.save(tmp_path, ROWS, delimiter=delimiter))[0].height == 3


def test_quotes_may_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    rows = [made.row(1, address='路1号,"后院"\n二层'), made.row(2)]
    frame, bad = read(made.save(tmp_path, rows))
    assert not bad
    assert frame["住所"].to_list() == ['路1号,"后院"\n二层', rows[1]["住所"]]


def test_records_are_never_cut_at_the_end_of_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [made.row(number, address=f"路{number}号,\n{'楼' * (number % 7)}") for number in range(1, 60)]
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 97)
    frame, bad = read(made.save(tmp_path, rows))
    assert not bad
    assert frame.drop("_row").rows(named=True) == rows
    assert frame["_row"].to_list() == list(range(2, 61))


def test_a_row_of_another_width_is_refused_and_the_others_are_kept(tmp_path: Path) -> None:
    lines = made.text(ROWS).splitlines()
    lines[2] += ",多一列"
    lines.append("只有,两列")
    path = tmp_path / "ragged.csv"
    path.write_text("\n".join(lines) + "\n")
    frame, bad = read(path)
    assert frame["_row"].to_list() == [2, 4]
    assert [(each.row, each.reasons[0].code) for each in bad] == [(3, "width"), (5, "width")]
    assert "7" in bad[0].reasons[0].text.zh


def test_blank_lines_are_not_rows(tmp_path: Path) -> None:
    path = tmp_path / "blank.csv"
    path.write_text(made.text(ROWS).replace("\n", "\n\n"))
    assert read(path)[0].height == 3


def test_a_last_line_without_an_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text(made.text(ROWS).rstrip("\n"))
    assert read(path)[0].height == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "header_missing"),
        ("名称,代码\n".encode(), "no_rows"),
        ("名称,名称,代码\na,b,c\n".encode(), "column_twice"),
        ("名称,,代码\na,b,c\n".encode(), "column_nameless"),
        (b"\xff\xff\x81\x00 not text \x80\n", "file_not_text"),
    ],
)
def test_a_file_that_cannot_be_rows_is_refused_with_a_remedy(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    problem = refused(path)
    assert problem.code == code
    assert problem.remedy is not None
    assert problem.remedy.zh
    assert problem.remedy.en


def test_a_duplicate_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("名称,名称,代码\na,b,c\n")
    assert "名称" in refused(path).text.zh


def test_a_file_that_is_not_there_or_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv").code == "file_missing"
    strange = tmp_path / "firms.pdf"
    strange.write_bytes(b"%PDF")
    assert refused(strange).code == "file_kind"


def _workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(cells)
    book.save(path)
    return path


def test_a_workbook_gives_text_with_whole_numbers_and_dates(tmp_path: Path) -> None:
    cells = [["名称", "人数", "日期", "金额"], ["甲公司", 12, dt.date(2025, 3, 15), 50.5], ["乙公司", None, None, 1e6]]
    frame, _ = read(_workbook(tmp_path / "firms.xlsx", cells))
    assert frame.rows() == [(2, "甲公司", "12", "2025-03-15", "50.5"), (3, "乙公司", None, None, "1000000")]


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refused(_workbook(tmp_path / "empty.xlsx", [])).code == "file_empty"


def test_a_workbook_of_600_mb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge.xlsx"
    with path.open("wb") as file:
        file.truncate(600 * 1024 * 1024)  # sparse: takes no room on the disk
    problem = refused(path)
    assert problem.code == "file_large"
    assert "600 MB" in problem.text.zh
    assert problem.remedy is not None
    assert "CSV" in problem.remedy.zh


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(80):
            part.write(b"0" * 1024 * 1024)
    problem = refused(path)
    assert problem.code == "zip_bomb"
    assert "80 MB" in problem.text.zh


def test_a_workbook_whose_reader_runs_out_of_memory_ends_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _workbook(tmp_path / "firms.xlsx", [["名称"], ["甲公司"]])
    monkeypatch.setattr(files, "EXCEL_MEMORY", 1024 * 1024)
    assert refused(path).code == "file_broken"


def test_a_workbook_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _workbook(tmp_path / "firms.xlsx", [["名称"], ["甲公司"]])
    monkeypatch.setattr(files, "EXCEL_SECONDS", 0.001)
    assert refused(path).code == "file_slow"


@pytest.mark.parametrize("name", ["firms.xlsx", "firms.xls", "firms.parquet"])
def test_rubbish_with_a_trusted_ending_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this is not it" * 50)
    assert refused(path).code == "file_broken"


def test_parquet_keeps_numbers_exact_and_joins_lists(tmp_path: Path) -> None:
    path = tmp_path / "firms.parquet"
    pl.DataFrame(
        {
            "名称": ["甲公司", "乙公司"],
            "金额": [1e16, 0.1],
            "人数": [3, None],
            "日期": [dt.date(2025, 3, 15), None],
            "标签": [["高新技术", "绿色"], []],
            "是": [True, False],
        }
    ).write_parquet(path)
    frame, _ = read(path)
    assert frame.row(0) == (2, "甲公司", "10000000000000000", "3", "2025-03-15", "高新技术;绿色", "true")
    assert frame["金额"][1] == "0.1"


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "firms.parquet"
    pl.DataFrame({"名称": ["甲公司"]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert refused(path).code == "file_broken"


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "firms.parquet"
    pl.DataFrame({"名称": []}, schema={"名称": pl.String}).write_parquet(path)
    assert refused(path).code == "no_rows"
