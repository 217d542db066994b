"""Every firm against every rule, beside six other ways and the memory limit, in one run.

    make bench-deps && .venv/bin/python bench/screening.py [--firms 580000] [--large 4000000] [--rounds 5]

What each figure is, in seconds for 580,000 firms × 500 rules:
  limit_s      bytes that must move (columns read once, two bitmaps a rule written) over this machine's copy bandwidth
  matrix_s     verdicts, three-valued, of every rule from Arrow batches in memory; numpy, one core
  polars_s     the same matrix as booleans with gaps; the better of one select and atoms-then-rules; all cores
  duckdb_s     yes and no of every rule counted from a table in memory (nothing written); all cores
  postgres_s   the same counts by the embedded PostgreSQL, from a tenth of the firms, × 10
  openfisca_s  one variable a rule, two-valued (gaps take defaults), from a tenth of the firms, × 10
  zen_s        one firm after another, two-valued, from 500 firms, extrapolated
  whole_s      `huoshui screen`: Parquet to counts, verdicts, near misses, best and manifest; the command's own clock
  peak_mb      memory of that process at its highest; whole_4m_s: the same for 4,000,000 firms
Rounds are interleaved; medians (minimum beside them). DuckDB, PostgreSQL and Polars must agree with ours on every count.
Last line: JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
import dialects
import generate

from huoshui.config.screen import keep_memory
from huoshui.rules.book import read_book
from huoshui.rules.facts import Kind, shipped
from huoshui.rules.plan import Plan, leaves, plan
from huoshui.rules.population import Judge, Judged

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "build" / "bench-venv" / "bin" / "python"
AS_OF = dt.date.fromisoformat(generate.AS_OF)
FACTS = shipped()
TILE = 1_048_576


class Case:
    """The generated firms and rules, and everything that peers need of them."""

    def __init__(self, folder: Path, firms: int, rules: int) -> None:
        self.folder, self.rows = folder, firms
        self.firms, self.rules = folder / "firms.parquet", folder / "rules.json"
        generate.write_firms(self.firms, firms)
        self.rules.write_text(json.dumps(generate.rules(rules), ensure_ascii=False), "utf-8")
        self.book = read_book(self.rules.read_bytes(), FACTS).rules
        self.plan: Plan = plan(self.book, as_of=AS_OF)
        self.needed = ["district_code", *(code for code in self.plan.facts if code != "district_code")]
        self.table = pq.read_table(self.firms, columns=self.needed)
        self.fractional = frozenset(f.name for f in self.table.schema if f.type == pa.float64())
        self.batches = self.table.combine_chunks().to_batches(TILE)
        self.judge = Judge(self.plan, FACTS, near=False, rooms=len(self.batches))

    def references(self) -> int:
        """Return how many atoms the rules name, counted with repetition."""
        return sum(1 for program in self.plan.programs if program for _ in leaves(program.root))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def copy_bandwidth() -> float:
    """Return bytes read and written a second by copying 128 MB; the best of seven."""
    source, target = np.ones((2, 16 << 20), np.float64)
    best = min(timed(lambda: np.copyto(target, source))[0] for _ in range(7))
    return 2 * source.nbytes / best


def limit(case: Case) -> float:
    """Return the seconds that moving the data once takes: columns in, two bits a firm and rule out."""
    written = 2 * len(case.plan.codes) * case.rows / 8
    return (sum(batch.nbytes for batch in case.batches) + written) / copy_bandwidth()


def matrix(case: Case) -> list[Judged]:
    """Return the verdict matrix of every batch."""
    return [case.judge(batch) for batch in case.batches]


def yes_of(matrices: list[Judged]) -> np.ndarray:
    """Return how many firms are YES, rule by rule."""
    return sum(np.bitwise_count(judged.yes).sum(axis=1, dtype=np.int64) for judged in matrices)


class InPolars:
    """The same matrix with Polars: one lazy select, or first the atoms, then the rules over them."""

    def __init__(self, case: Case) -> None:
        days = [pl.col(code).cast(pl.Int32) for code in case.plan.facts if FACTS[code].kind is Kind.DATE]
        self.frame = pl.from_arrow(case.table).with_columns(*days).rechunk()
        self.case = case
        fixed = (AS_OF, case.fractional)
        self.direct = [dialects.polars(rule.criteria, *fixed).alias(rule.code) for rule in case.book]
        names: dict[Any, str] = {}

        def named(atom: Any, *_: Any) -> pl.Expr:
            return pl.col(names.setdefault(dialects.key(atom), f"a{len(names)}"))

        self.staged = [dialects.polars(rule.criteria, *fixed, named).alias(rule.code) for rule in case.book]
        atoms = {dialects.key(atom): atom for rule in case.book for atom in _atoms(rule.criteria)}
        self.atoms = [dialects.polars_atom(atoms[k], *fixed).alias(name) for k, name in names.items()]

    def one_select(self) -> pl.DataFrame:
        return self.frame.lazy().select(self.direct).collect()

    def two_stages(self) -> pl.DataFrame:
        return self.frame.lazy().select(self.atoms).collect().lazy().select(self.staged).collect()


def _atoms(criteria: Any) -> Any:
    from huoshui.rules.tree import atoms

    return atoms(criteria)


def peer_files(case: Case) -> Path:
    """Write what the peers read: days as numbers, names as text; a tenth without gaps; some firms as JSON."""
    table = case.table
    for at, field in enumerate(table.schema):
        if pa.types.is_date32(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.int32()))
        elif pa.types.is_dictionary(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.string()))
    pq.write_table(table, case.folder / "peers.parquet")
    tenth = table.take(pa.array(np.arange(0, case.rows, 10)))
    codes: dict[str, list[str]] = {}
    plain: dict[str, pa.Array] = {}
    for name in tenth.schema.names:
        values, kind = tenth.column(name).combine_chunks(), FACTS[name].kind
        if kind is Kind.LABELS:
            for label, number in dialects.LABEL_NUMBERS.items():
                plain[f"labels_{number}"] = pa.array([label in (each or ()) for each in values.to_pylist()])
        elif kind in (Kind.CODE, Kind.GRADE):
            encoded = values.fill_null("").dictionary_encode()
            codes[name], plain[name] = encoded.dictionary.to_pylist(), encoded.indices
        else:
            plain[name] = pc.fill_null(values, False if kind is Kind.FLAG else 0)
    pq.write_table(pa.table(plain), case.folder / "plain.parquet")
    some = tenth.slice(0, 500).to_pylist()
    blank = {name: [] if FACTS[name].kind is Kind.LABELS else "" if FACTS[name].kind in (Kind.CODE, Kind.GRADE)
             else False if FACTS[name].kind is Kind.FLAG else 0 for name in tenth.schema.names}  # fmt: skip
    rows = [{name: blank[name] if value is None else value for name, value in firm.items()} for firm in some]
    (case.folder / "rows.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    fixed = (AS_OF, case.fractional)
    said = {
        "sql": lambda a: dialects.sql(a, *fixed, "list_contains({column}, '{label}')"),
        "postgres": lambda a: dialects.sql(a, *fixed, "('{label}' = ANY({column}))"),
    }
    task: dict[str, Any] = {name: [dialects.text(r.criteria, atom) for r in case.book] for name, atom in said.items()}
    task["numpy"] = [
        dialects.text(r.criteria, lambda a: dialects.numpy(a, *fixed, codes), all_=" & ", any_=" | ", not_="~({})")
        for r in case.book
    ]
    task["zen"] = [
        dialects.text(r.criteria, lambda a: dialects.zen(a, *fixed), all_=" and ", any_=" or ", not_="not({})")
        for r in case.book
    ]
    names = {"firms": "peers.parquet", "plain": "plain.parquet", "rows": "rows.json"}
    task |= {key: str(case.folder / name) for key, name in names.items()}
    (case.folder / "task.json").write_text(json.dumps(task, ensure_ascii=False), "utf-8")
    return case.folder / "task.json"


def peer(name: str, task: Path) -> dict[str, Any] | None:
    """Return what a peer measured in its own environment; None where it is absent."""
    if not PEERS.exists():
        return None
    done = subprocess.run(
        [PEERS, Path(__file__).parent / "peer_screening.py", name, task], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"  {name}: absent or failed: {done.stderr.strip().splitlines()[-1][:200] if done.stderr else ''}")
        return None
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


class InPostgres:
    """The embedded PostgreSQL with a tenth of the firms."""

    def __init__(self, case: Case, task: Path) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
        os.environ.setdefault("HUOSHUI_DB_NAME", "bench_screening")
        import django
        from django.db import connection

        django.setup()
        self.connection = connection
        self.rules = json.loads(task.read_text("utf-8"))["postgres"]
        table = pq.read_table(case.folder / "peers.parquet").take(pa.array(np.arange(0, case.rows, 10)))
        kinds = {"int64": "bigint", "int32": "int", "double": "float8", "bool": "bool", "string": "text"}
        columns = ", ".join(f'"{f.name}" {kinds.get(str(f.type), "text[]")}' for f in table.schema)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE bench_firms ({columns})")
            with cursor.copy("COPY bench_firms FROM STDIN") as copy:
                for row in zip(*(table.column(name).to_pylist() for name in table.schema.names), strict=True):
                    copy.write_row(row)
            cursor.execute("ANALYZE bench_firms")

    def counts(self) -> list[int]:
        wanted = ", ".join(f"count(*) FILTER (WHERE {r}), count(*) FILTER (WHERE NOT {r})" for r in self.rules)
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {wanted} FROM bench_firms")
            return list(cursor.fetchone()[::2])


def whole(firms: Path, rules: Path, out: Path) -> dict[str, Any]:
    """Return the manifest of a fresh `huoshui screen`, with the process's own time."""
    command = [ROOT / ".venv/bin/huoshui", "screen", firms, rules, "--as-of", generate.AS_OF, "--out", out, "--json"]
    taken, done = timed(lambda: subprocess.run(command, capture_output=True, text=True, check=True))
    return {**json.loads(done.stdout), "process_s": taken}


def middle(values: list[float]) -> float | None:
    return round(statistics.median(values), 4) if values else None


def measure(case: Case, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every round of every way; counts that disagree end the run."""
    keep_memory()  # as `huoshui screen` does
    task = peer_files(case)
    in_polars, in_postgres = InPolars(case), InPostgres(case, task)
    ours = yes_of(matrix(case))
    tenth = in_polars.frame.gather_every(10).select(in_polars.direct).sum().row(0)
    found: dict[str, list[float]] = {name: [] for name in
        ("limit", "matrix", "polars_select", "polars_stages", "duckdb", "postgres", "openfisca", "zen", "whole", "process", "peak")}  # fmt: skip
    for number in range(rounds):
        print(f"  round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        found["limit"].append(limit(case))
        found["matrix"].append(timed(lambda: matrix(case))[0])
        for name, way in (("polars_select", in_polars.one_select), ("polars_stages", in_polars.two_stages)):
            taken, frame = timed(way)
            found[name].append(taken)
            assert list(frame.sum().row(0)) == ours.tolist(), f"{name} disagrees"
            del frame
        manifest = whole(case.firms, case.rules, case.folder / "out")
        found["whole"].append(manifest["seconds"]["all"])
        found["process"].append(manifest["process_s"])
        found["peak"].append(manifest["peak_memory_mb"])
        if number < 3:
            if told := peer("duckdb", task):
                assert told["yes"] == ours.tolist(), "DuckDB disagrees"
                found["duckdb"].append(told["seconds"])
            taken, counts = timed(in_postgres.counts)
            assert tuple(counts) == tenth, "PostgreSQL disagrees"
            found["postgres"].append(taken * 10)
        if not number:
            for name in ("openfisca", "zen"):
                if told := peer(name, task):
                    found[name].append(told["seconds"] * case.rows / told["rows"])
    return found


def at_sizes(folder: Path, rules: Path, sizes: list[int]) -> dict[int, float]:
    """Return the whole job's seconds by number of firms; the least of two."""
    found = {}
    for firms in sizes:
        file = folder / f"firms-{firms}.parquet"
        generate.write_firms(file, firms)
        found[firms] = min(whole(file, rules, folder / f"out-{firms}")["seconds"]["all"] for _ in range(2))
        file.unlink()
    return found


def report(case: Case, found: dict[str, list[float]], sizes: dict[int, float]) -> dict[str, float | None]:
    """Print every figure and ratio; return those of the last line."""
    said = {name: middle(values) for name, values in found.items()}
    for name, values in found.items():
        if values:
            least = f"least {min(values):.4f}" if len(values) > 1 else "once"
            print(f"  {name:<14} {said[name]:>10.4f}   {least}")
    said["polars"] = min(said["polars_select"] or 9e9, said["polars_stages"] or 9e9)
    base = said["matrix"] or 1
    print(f"  matrix: {base / (said['limit'] or 1):.1f} × the limit")
    for name in ("polars", "duckdb", "postgres", "openfisca", "zen"):
        if said[name]:
            print(f"  {name}: {said[name] / base:.1f} × the matrix")
    points = {**sizes, case.rows: said["whole"] or 0.0}
    slope, start = np.polyfit(list(points), list(points.values()), 1)
    print("  whole job by firms: " + "  ".join(f"{rows:,}: {taken:.2f} s" for rows, taken in sorted(points.items())))
    print(
        f"  line: {start:.2f} s + {slope * 1e6:.3f} s a million; projected to 185,000,000: {start + slope * 185e6:.0f} s"
    )
    names = ("matrix", "polars", "duckdb", "postgres", "openfisca", "zen", "limit", "whole")
    large = max(sizes) if sizes else None
    return {f"{name}_s": said[name] for name in names} | {
        "peak_mb": said["peak"],
        "whole_4m_s": sizes[large] if large else None,
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--firms", type=int, default=580_000)
    asked.add_argument("--rules", type=int, default=500)
    asked.add_argument("--large", type=int, default=4_000_000, help="0 leaves the larger files out")
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="huoshui-bench-") as name:
        case = Case(Path(name), given.firms, given.rules)
        print(f"{given.firms:,} firms × {given.rules} rules: {len(case.plan.slots)} distinct atoms, "
              f"{case.references():,} references, {len(case.plan.facts)} facts")  # fmt: skip
        found = measure(case, given.rounds)
        sizes = at_sizes(Path(name), case.rules, [given.firms // 10, given.large]) if given.large else {}
        print(json.dumps(report(case, found, sizes)))


if __name__ == "__main__":
    main()
