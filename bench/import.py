"""A register of 580,000 rows × 40 columns with 1 % dirt: our import beside raw COPY and beside row-by-row pydantic.

    python bench/import.py [--rows 580000] [--rounds 3] [--skip-register]

What each figure is:
  import_s    the product's own way from the CSV file with dirt to checked, typed, committed rows in PostgreSQL, and a
              file of refused rows with all their reasons (reading, every check, COPY on two connections).
  copy_s      raw COPY of the same file without its dirty rows into the same table: one connection, no check but types.
  pydantic_s  the file with dirt read row by row, each row checked by a pydantic model of the same rules (it stops at
              fewer reasons: no check digit by column, no duplicate across rows but by a set), good rows COPY'd.
Rounds are interleaved and medians taken; all three write an UNLOGGED table of the same 40 typed columns. The merge into
the register with its history, search keys and indexes is measured once more and printed, not counted in import_s.
Last line: JSON with import_s, copy_s, pydantic_s, accepted, refused.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
os.environ.setdefault("HUOSHUI_DB_NAME", "bench_import")

DIRT = 0.01
MONEY = (
    "tax_paid_last_year", "revenue_last_year", "assets_total", "invoice_amount_12m", "export_amount_12m",
    "research_spend", "loan_balance", "trading_flow_12m", "order_amount_12m", "property_value", "electricity_12m",
)  # fmt: skip
COUNTS = (
    "invoice_months", "invoice_customers", "employees", "social_security_persons", "lender_count", "max_overdue_days",
    "trading_months", "patents_valid", "open_lawsuits", "repeat_customer_rate",
)  # fmt: skip
FLAGS = ("premises_registered", "abnormal_operation", "tax_arrears", "dishonest", "has_loan_history", "wage_arrears")
REGISTER = (
    "uscc", "name", "kind", "status", "district_code", "address", "industry_code", "scope", "established_on",
    "registered_capital", "labels", "organisation_type",
)  # fmt: skip
COLUMNS = (*REGISTER, "tax_grade", *MONEY, *COUNTS, *FLAGS)
DISTRICTS = ("140105", "140106", "140107", "140108", "140109", "140110", "140121", "140122", "140123", "140181")


def clean_rows(rows: int) -> pl.DataFrame:
    """Return *rows* good rows as text, the same for every run."""
    rng = np.random.default_rng(20261121)
    district = np.array(DISTRICTS)[rng.integers(0, len(DISTRICTS), rows)]
    frame = pl.DataFrame({"district_code": district, "number": np.arange(rows)})
    frame = frame.with_columns(pl.Series("uscc", codes(district, rows)))

    def yuan(scale: float, unknown: float) -> pl.Series:
        fen = np.exp(rng.normal(scale, 1.5, rows)).astype(np.int64) * 100 + rng.integers(0, 100, rows)
        whole = pl.Series(fen // 100).cast(pl.String) + "." + pl.Series(fen % 100).cast(pl.String).str.zfill(2)
        return whole.set(pl.Series(rng.random(rows) < unknown), None)

    def counted(top: int, unknown: float) -> pl.Series:
        return pl.Series(rng.integers(0, top, rows)).cast(pl.String).set(pl.Series(rng.random(rows) < unknown), None)

    def chosen(values: tuple[str, ...]) -> pl.Series:
        return pl.Series(np.array(values)[rng.integers(0, len(values), rows)])

    day = pl.Series(rng.integers(0, 12_000, rows)).cast(pl.Int32).cast(pl.Date) + pl.duration(days=7300)
    made = frame.select(
        "uscc",
        (pl.lit("太原第") + pl.col("number").cast(pl.String) + pl.lit("号商贸有限公司")).alias("name"),
        chosen(("company", "individual_business", "cooperative")).alias("kind"),
        pl.lit("active").alias("status"),
        "district_code",
        (pl.lit("太原市迎泽大街") + pl.col("number").cast(pl.String) + pl.lit("号")).alias("address"),
        chosen(("F5211", "C3411", "H6210", "E4710", "I6510")).alias("industry_code"),
        pl.lit("日用百货、五金交电、建筑材料的销售").alias("scope"),
        pl.select(day.cast(pl.String) if isinstance(day, pl.Series) else day)
        .to_series()
        .cast(pl.String)
        .alias("established_on"),
        yuan(13, 0.05).alias("registered_capital"),
        chosen(("", "高新技术", "专精特新;高新技术", "涉农")).replace("", None).alias("labels"),
        chosen(("有限责任公司", "个体工商户", "股份有限公司")).alias("organisation_type"),
        chosen(("A", "B", "C", "D", "M")).alias("tax_grade"),
        *(yuan(12, 0.2).alias(code) for code in MONEY),
        *(counted(12, 0.2).alias(code) for code in COUNTS),
        *(chosen(("true", "false")).alias(code) for code in FLAGS),
    )
    return made.select(COLUMNS)


def codes(district: Any, rows: int) -> list[str]:
    """Return valid credit codes, one a row."""
    from huoshui.kernel.uscc import check_character, organisation_check_character

    made = []
    for number in range(rows):
        body = f"{10_000_000 + number:08d}"
        first = f"91{district[number]}{body}{organisation_check_character(body)}"
        made.append(first + check_character(first))
    return made


def with_dirt(clean: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Return the rows with 1 % spoilt in six ways (some in two), and which rows are still good."""
    rng = np.random.default_rng(7)
    rows = clean.height
    spoilt = np.sort(rng.choice(np.arange(1, rows), max(1, int(rows * DIRT)), replace=False))
    kind = rng.integers(0, 6, len(spoilt))
    cells = {
        name: clean[name].to_list() for name in ("uscc", "established_on", "registered_capital", "revenue_last_year")
    }
    for row, way in zip(spoilt.tolist(), kind.tolist(), strict=True):
        if way == 0:
            last = cells["uscc"][row][-1]
            cells["uscc"][row] = cells["uscc"][row][:-1] + ("0" if last != "0" else "1")
        elif way == 1:
            cells["established_on"][row] = "2026-02-30"
        elif way == 2:
            cells["registered_capital"][row] = "-1.00"
        elif way == 3:
            cells["revenue_last_year"][row] = "三十万"
        elif way == 4:
            cells["registered_capital"][row], cells["established_on"][row] = "1000000000000000", "2026-13-01"
        else:
            cells["uscc"][row] = cells["uscc"][0]
    good = np.ones(rows, dtype=bool)
    good[spoilt] = False
    dirty = clean.with_columns(*(pl.Series(name, values) for name, values in cells.items()))
    return dirty, pl.Series(good)


def shape() -> dict[str, str]:
    """Return the 40 typed columns that every contender fills."""
    kinds = dict.fromkeys(MONEY, "numeric(20,2)") | dict.fromkeys(COUNTS, "numeric") | dict.fromkeys(FLAGS, "boolean")
    kinds |= {"established_on": "date", "registered_capital": "numeric(20,2)"}
    return {name: kinds.get(name, "text") for name in COLUMNS}


def raw_copy(path: Path) -> float:
    """Return the seconds that COPY needs for a clean file."""
    from huoshui.registry.imports import staging

    columns = ", ".join(f"{name} {kind}" for name, kind in shape().items())
    with staging.connect() as own:
        own.execute("DROP TABLE IF EXISTS bench_copy")
        started = time.perf_counter()
        own.execute(f"CREATE UNLOGGED TABLE bench_copy ({columns})")
        with (
            own.cursor() as cursor,
            cursor.copy("COPY bench_copy FROM STDIN WITH (FORMAT csv, HEADER)") as copy,
            path.open("rb") as file,
        ):
            while chunk := file.read(1 << 20):
                copy.write(chunk)
        taken = time.perf_counter() - started
        own.execute("DROP TABLE bench_copy")
    return taken


def our_import(path: Path, folder: Path) -> tuple[float, int, int]:
    """Return seconds, accepted and refused rows of the product's way from file to checked rows in the database."""
    from huoshui.kernel import clock
    from huoshui.registry import dictionary, divisions
    from huoshui.registry.imports import columns, files, pipeline, staging
    from huoshui.registry.imports.checks import Checker
    from huoshui.registry.imports.fields import REGISTER as FIELDS
    from huoshui.registry.imports.refusals import RefusalFile

    started = time.perf_counter()
    with files.opened(path) as source:
        plan = columns.resolve(source.columns, FIELDS + dictionary.fields(), told={}, remembered={})
        assert len(plan.columns) == len(COLUMNS), plan.ignored
        checker = Checker(plan, divisions.gazetteer(), clock.today(), True)
        with (
            staging.stage(0, pipeline.stage_columns(plan, whole_register=True)) as stage,
            RefusalFile(folder / "refused.csv", source.columns) as refused,
        ):
            with staging.filling(stage):
                pipeline.check_into(stage, refused, source, checker, lambda step, rows: None)
            taken = time.perf_counter() - started
    return taken, stage.rows, refused.count


def pydantic_model() -> Any:
    """Return the model that checks one row."""
    from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator

    from huoshui.kernel import uscc

    money = Annotated[Decimal, Field(ge=0, le=10**13, decimal_places=2)] | None
    limited = dict.fromkeys((*MONEY, "registered_capital"), (money, None))
    numbers = dict.fromkeys(COUNTS, (Decimal | None, None))
    flags = dict.fromkeys(FLAGS, (bool | None, None))
    text = {name: (Annotated[str, Field(max_length=8000)] | None, None) for name in REGISTER if name not in limited}

    class Row(BaseModel):
        model_config = ConfigDict(str_strip_whitespace=True)
        uscc: str
        name: Annotated[str, Field(min_length=2, max_length=200)]

        @field_validator("uscc", check_fields=False)
        @classmethod
        def checked(cls, value: str) -> str:
            if not uscc.is_valid(value):
                raise ValueError("check character")
            return value

    fields: dict[str, Any] = {
        **text, **limited, **numbers, **flags,
        "uscc": (str, ...), "name": (Annotated[str, Field(min_length=2, max_length=200)], ...),
        "kind": (Literal["company", "individual_business", "cooperative"], ...),
        "status": (Literal["active", "closed", "revoked"], "active"),
        "established_on": (date | None, None), "tax_grade": (Literal["A", "B", "C", "D", "M"] | None, None),
    }  # fmt: skip
    return create_model("Firm", __base__=Row, **fields)


def by_pydantic(path: Path) -> tuple[float, int, int]:
    """Return seconds, accepted and refused rows of checking row by row."""
    from pydantic import ValidationError

    from huoshui.registry.imports import staging

    model, seen, accepted, refused = pydantic_model(), set(), 0, 0
    columns = ", ".join(f"{name} {kind}" for name, kind in shape().items())
    with staging.connect() as own:
        own.execute("DROP TABLE IF EXISTS bench_rows")
        started = time.perf_counter()
        own.execute(f"CREATE UNLOGGED TABLE bench_rows ({columns})")
        with own.cursor() as cursor, cursor.copy("COPY bench_rows FROM STDIN") as copy, path.open(newline="") as file:
            for row in csv.DictReader(file):
                try:
                    firm = model.model_validate({name: value or None for name, value in row.items()})
                except ValidationError:
                    refused += 1
                    continue
                if firm.uscc in seen:
                    refused += 1
                    continue
                seen.add(firm.uscc)
                copy.write_row([getattr(firm, name) for name in COLUMNS])
                accepted += 1
        taken = time.perf_counter() - started
        own.execute("DROP TABLE bench_rows")
    return taken, accepted, refused


def into_register(path: Path) -> tuple[float, float]:
    """Return the seconds of the whole import into an empty register, and of the same file again."""
    from django.db import connection

    from huoshui.access.actor import SYSTEM
    from huoshui.access.row_security import acting
    from huoshui.registry import imports

    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica; TRUNCATE registry_enterprise CASCADE; RESET session_replication_role"
        )
    taken = []
    with acting(SYSTEM):
        for _ in range(2):
            started = time.perf_counter()
            batch = imports.run("market", path, actor=SYSTEM)
            taken.append(time.perf_counter() - started)
            print(
                f"  {batch.rows:,} rows: {batch.created:,} created, {batch.changed:,} changed, "
                f"{batch.unchanged:,} unchanged, {batch.refused:,} refused in {taken[-1]:.1f} s"
            )
    return taken[0], taken[1]


def main() -> None:
    """Make the files, run the rounds, print the figures."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=580_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--skip-register", action="store_true", help="leave the merge into the register out")
    given = asked.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory(prefix="huoshui-bench-") as name:
        folder = Path(name)
        clean = clean_rows(given.rows)
        dirty, good = with_dirt(clean)
        clean.filter(good).write_csv(folder / "clean.csv")
        dirty.write_csv(folder / "dirty.csv")
        del clean, dirty
        print(
            f"{given.rows:,} rows × {len(COLUMNS)} columns, {(folder / 'dirty.csv').stat().st_size / 1e6:.0f} MB, "
            f"{int((~good).sum()):,} rows spoilt"
        )
        copies, ours = [], []
        for _ in range(given.rounds):
            copies.append(raw_copy(folder / "clean.csv"))
            ours.append(our_import(folder / "dirty.csv", folder))
            print(f"  raw COPY {copies[-1]:.2f} s   import {ours[-1][0]:.2f} s   ratio {ours[-1][0] / copies[-1]:.2f}")
        rows = by_pydantic(folder / "dirty.csv")
        print(f"  pydantic {rows[0]:.1f} s ({rows[1]:,} accepted, {rows[2]:,} refused)")
        if not given.skip_register:
            print("whole import into the register, then the same file again:")
            into_register(folder / "dirty.csv")
    import_s, copy_s = statistics.median(each[0] for each in ours), statistics.median(copies)
    assert ours[-1][1] + ours[-1][2] == given.rows
    print(f"import / raw COPY = {import_s / copy_s:.2f}   pydantic / import = {rows[0] / import_s:.1f}")
    print(json.dumps({
        "import_s": round(import_s, 3), "copy_s": round(copy_s, 3), "pydantic_s": round(rows[0], 3),
        "accepted": ours[-1][1], "refused": ours[-1][2],
    }))  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
