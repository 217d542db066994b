"""Why a file or a row is not taken in: two tables of sentences, and the values that carry them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

# code -> (what is wrong, what to do)
FILES: dict[str, tuple[Text, Text]] = {
    "file_missing": (
        Text("找不到文件 {name}。", "There is no file {name}."),
        Text("请检查路径。", "Check the path."),
    ),
    "file_empty": (
        Text("文件 {name} 是空的。", "The file {name} is empty."),
        Text("请确认导出成功后重新上传。", "Make sure that the export worked, then try again."),
    ),
    "file_not_text": (
        Text("文件 {name} 既不是 UTF-8 也不是 GB18030 文本。", "The file {name} is neither UTF-8 nor GB18030 text."),
        Text("请另存为“CSV UTF-8”，或直接上传 .xlsx。", "Save it as CSV UTF-8, or hand in the .xlsx itself."),
    ),
    "file_kind": (
        Text("不认识的文件类型：{name}。", "Unknown kind of file: {name}."),
        Text(
            "可以导入 .csv .txt .tsv .xlsx .xls .ods .parquet。", "CSV, TSV, Excel and Parquet files can be taken in."
        ),
    ),
    "file_large": (
        Text(
            "文件 {name} 有 {size} MB，超过上限 {limit} MB。", "The file {name} has {size} MB; the limit is {limit} MB."
        ),
        Text(
            "请在表格软件中另存为 CSV（没有大小上限），或拆成几个文件分别导入。",
            "Save it as CSV, which has no limit, or split it into several files.",
        ),
    ),
    "zip_bomb": (
        Text(
            "文件 {name} 解压后将达 {size} MB（压缩 {ratio} 倍），可能是恶意文件，没有打开。",
            "The file {name} would unpack to {size} MB ({ratio} times its size); it may be hostile and was not opened.",
        ),
        Text("如果内容属实，请另存为 CSV 后导入。", "If the contents are genuine, save it as CSV and hand that in."),
    ),
    "file_broken": (
        Text("文件 {name} 打不开：{why}。", "The file {name} cannot be opened: {why}."),
        Text("文件可能不完整，请重新导出。", "It may be incomplete: export it again."),
    ),
    "file_slow": (
        Text(
            "文件 {name} 在 {seconds} 秒内没有读完，已停止。",
            "The file {name} was not read within {seconds} s; stopped.",
        ),
        Text("请另存为 CSV 后导入。", "Save it as CSV and hand that in."),
    ),
    "header_missing": (
        Text("第一行应是列名，但它是空的。", "The first line should name the columns, but it is empty."),
        Text("请在第一行写上列名。", "Put the names of the columns in the first line."),
    ),
    "column_nameless": (
        Text("第 {columns} 列没有列名。", "Column {columns} has no name."),
        Text("请补上列名或删去空列。", "Name it, or remove the empty column."),
    ),
    "column_twice": (
        Text("列名重复：{columns}。", "Column named twice: {columns}."),
        Text("请只保留一列，或改成不同的列名。", "Keep one of them, or give them different names."),
    ),
    "no_rows": (
        Text("文件只有列名，没有数据行。", "The file has column names and no rows."),
        Text("请确认导出的数据范围。", "Check what was exported."),
    ),
    "column_unknown": (
        Text("文件中没有要对应的列：{columns}。", "The file has no such column: {columns}."),
        Text("文件中的列：{seen}。", "The file's columns: {seen}."),
    ),
    "field_unknown": (
        Text("不认识的字段：{fields}。", "Unknown field: {fields}."),
        Text("可用的字段：{known}。", "Fields that can be named: {known}."),
    ),
    "field_twice": (
        Text("字段“{field}”对应了多列：{columns}。", "The field {field} is mapped from several columns: {columns}."),
        Text("请用 --map 列名=- 忽略多余的列。", "Ignore the spare ones with --map COLUMN=-."),
    ),
    "field_missing": (
        Text("缺少必需的列：{fields}。", "A required column is missing: {fields}."),
        Text(
            "文件中的列：{seen}。请用 --map 列名=字段 指明对应关系，会为该来源记住。",
            "The file's columns: {seen}. Say which is which with --map COLUMN=FIELD; it is remembered for the source.",
        ),
    ),
    "no_facts": (
        Text("文件中没有一列是已定义的事实。", "No column of the file is a fact of the dictionary."),
        Text("文件中的列：{seen}。可用的事实：{known}。", "The file's columns: {seen}. Facts: {known}."),
    ),
    "source_busy": (
        Text("来源“{source}”正在导入另一个文件。", "Another file of the source {source} is being taken in."),
        Text("请等它结束后再试。", "Wait until it ends, then try again."),
    ),
}

# code -> what is wrong with a cell or row; {label} is the field's name, {value} what the file says
ROWS: dict[str, Text] = {
    "required": Text("{label}为空", "{label} is empty"),
    "uscc": Text("{label}“{value}”：{why}", "{label} “{value}”: {why}"),
    "twice_in_file": Text("与第 {first} 行的信用代码相同", "same credit code as row {first}"),
    "width": Text("这一行有 {found} 列，列名有 {width} 个", "the row has {found} cells, the header {width}"),
    "long": Text("{label}超过 {limit} 个字", "{label} has more than {limit} characters"),
    "short": Text("{label}“{value}”太短", "{label} “{value}” is too short"),
    "date": Text("{label}“{value}”不是有效日期（应为 2025-03-15）", "{label} “{value}” is no valid date (2025-03-15)"),
    "date_future": Text("{label}“{value}”晚于今天", "{label} “{value}” lies in the future"),
    "date_early": Text("{label}“{value}”早于 1900 年", "{label} “{value}” lies before 1900"),
    "number": Text("{label}“{value}”不是数字（应为 300000.00）", "{label} “{value}” is no number (300000.00)"),
    "whole": Text("{label}“{value}”不是整数", "{label} “{value}” is no whole number"),
    "fen": Text("{label}“{value}”精确到分以下", "{label} “{value}” is finer than a fen"),
    "low": Text("{label}“{value}”小于 {limit}", "{label} “{value}” is below {limit}"),
    "high": Text("{label}“{value}”大于 {limit}", "{label} “{value}” is above {limit}"),
    "choice": Text("{label}“{value}”不在可选值（{known}）之内", "{label} “{value}” is none of {known}"),
    "flag": Text("{label}“{value}”既不是“是”也不是“否”", "{label} “{value}” is neither yes nor no"),
    "district": Text("{label}“{value}”不是已知的行政区划", "{label} “{value}” is no known division"),
    "industry": Text("{label}“{value}”不是国民经济行业代码", "{label} “{value}” is no industry code"),
    "currency": Text("{label}“{value}”不是货币代码", "{label} “{value}” is no currency code"),
    "registrar": Text(
        "信用代码的登记部门不是市场监管部门，无法判断主体类型", "the code's registrar is not the market regulator"
    ),
    "no_enterprise": Text("登记库中没有这个信用代码", "the register has no firm of this credit code"),
}


class FileRefused(DomainError):
    """The whole file is refused before a row of it is taken in; words and remedy from `FILES`."""

    def __init__(self, code: str, **facts: object) -> None:
        text, remedy = FILES[code]
        super().__init__(
            code,
            text.format(**facts),
            field="file",
            value=facts.get("name"),
            remedy=remedy.format(**facts),
            facts=facts,
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing wrong with a row: code of `ROWS` and its words."""

    code: str
    text: Text


def reason(code: str, **facts: object) -> Reason:
    """Return the reason *code* with its facts filled in."""
    return Reason(code, ROWS[code].format(**facts))


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that is refused, with all its reasons and its cells as they came."""

    row: int
    reasons: tuple[Reason, ...]
    cells: dict[str, str | None]


Frame = tuple[pl.DataFrame, list[Bad]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file as frames of text: *columns* in file order, each frame with them and ``_row`` (as a sheet numbers rows)."""

    columns: list[str]
    frames: Iterator[Frame]
    other_sheets: int = 0  # of a workbook: only its first sheet is read
