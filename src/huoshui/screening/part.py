"""One part of a run: its firms judged batch by batch, its verdicts, counts and hashes of credit codes on disk."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from huoshui.kernel.ahead import ahead
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.rules.facts import FactDictionary
from huoshui.rules.plan import Plan
from huoshui.rules.population import Judge, Judged
from huoshui.screening.codes_seen import hashes
from huoshui.screening.firms_file import FirmsFile, Part
from huoshui.screening.verdict_file import SCHEMA, VerdictFile
from huoshui.screening.verdict_lists import Listing, by_district, listing, rows

_WAITING = 1  # batches whose lists are being made while the next is judged; each costs some 30 MB


@dataclass(frozen=True, slots=True)
class Job:
    """What every part of a run needs, and where its files lie."""

    firms: FirmsFile
    plan: Plan
    facts: FactDictionary
    top: int
    folder: Path

    def verdicts(self, part: Part) -> Path:
        """Return the path of a part's verdicts; the file is there once the part is finished."""
        return self.folder / f"verdicts-{part.number:05d}.parquet"

    def counts(self, part: Part) -> Path:
        """Return the path of a part's counts."""
        return self.folder / f"counts-{part.number:05d}.parquet"

    def hashes(self, part: Part) -> Path:
        """Return the path of the hashes of a part's credit codes."""
        return self.folder / f"hashes-{part.number:05d}"

    def finished(self, part: Part) -> bool:
        """Return whether the part was finished, by this run or one that was killed."""
        return self.verdicts(part).exists()

    def no_verdicts(self) -> pa.Table:
        """Return the verdicts of no firms."""
        return pa.Table.from_batches([], SCHEMA)


class PartCounts:
    """Firms that are YES, NO, unknown: int64[rules, 3] by district."""

    def __init__(self, rules: int) -> None:
        self.rules = rules
        self.by_district: dict[str | None, NDArray[np.int64]] = {}

    def add(self, more: Mapping[str | None, NDArray[np.int64]] | PartCounts) -> None:
        """Add the counts of more firms."""
        for district, counts in (more.by_district if isinstance(more, PartCounts) else more).items():
            before = self.by_district.get(district)
            self.by_district[district] = counts if before is None else before + counts

    def rows(self) -> int:
        """Return how many firms were counted."""
        return int(sum(counts[0].sum() for counts in self.by_district.values()))

    def add_up(self, rows: int) -> bool:
        """Return whether yes + no + unknown are *rows* for every rule."""
        total = sum(self.by_district.values(), np.zeros((self.rules, 3), np.int64))
        return bool((total >= 0).all() and (total.sum(axis=1) == rows).all())

    def table(self, codes: Sequence[str]) -> pa.Table:
        """Return rule, district, yes, no, unknown: by rule, then district, an unknown district last."""
        districts = sorted(self.by_district, key=lambda name: (name is None, name))
        empty = np.zeros((0, self.rules, 3), np.int64)
        whole = np.stack([self.by_district[name] for name in districts]) if districts else empty
        flat = whole.transpose(1, 0, 2).reshape(-1, 3)
        rule = np.repeat(np.arange(self.rules, dtype=np.int32), len(districts))
        district = np.tile(np.arange(len(districts), dtype=np.int32), self.rules)
        gap = np.array([name is None for name in districts], bool)[district] if districts else np.zeros(0, bool)
        names = pa.array([name or "" for name in districts], pa.string())
        return pa.table(
            {
                "rule": pa.DictionaryArray.from_arrays(pa.array(rule), pa.array(codes, pa.string())),
                "district": pa.DictionaryArray.from_arrays(pa.array(district, mask=gap), names),
                **{name: pa.array(flat[:, at]) for at, name in enumerate(("yes", "no", "unknown"))},
            }
        )


def read_counts(job: Job, part: Part) -> PartCounts:
    """Return the counts of a finished part."""
    table = pq.read_table(job.counts(part))
    counts = PartCounts(len(job.plan.codes))
    districts = table.column("district").to_pylist()
    wide = np.stack([table.column(name).to_numpy() for name in ("yes", "no", "unknown")], axis=-1)
    width = len(districts) // max(counts.rules, 1)
    counts.add({districts[at]: wide[at::width] for at in range(width)})
    return counts


def work_part(job: Job, part: Part, progress: Callable[[int], None]) -> None:
    """Judge the firms of *part* and write its files; its verdicts, moved into place last, say that it is finished."""
    counts = PartCounts(len(job.plan.codes))
    partial = job.verdicts(part).with_suffix(f".{os.getpid()}.partial")
    judged = Judge(job.plan, job.facts, rooms=_WAITING + 1)
    with (
        job.hashes(part).open("wb") as seen,
        VerdictFile(partial, job.plan.codes) as writer,
        ThreadPoolExecutor(1) as lister,
        ThreadPoolExecutor(1) as pen,
    ):
        lines = _Lines(listing(job.plan, top=job.top), writer, lister, pen)
        for batch in ahead(job.firms.batches(part.groups)):
            _remember(batch.column("uscc"), seen)
            verdicts = judged(batch)
            lines.take(verdicts, batch.column("uscc"))
            counts.add(by_district(verdicts))
            progress(batch.num_rows)
        lines.finish()
    pq.write_table(counts.table(job.plan.codes), job.counts(part))
    os.replace(partial, job.verdicts(part))


class _Lines:
    """Makes lists in one thread and writes them in another while the next batch is judged; order is kept."""

    def __init__(self, how: Listing, writer: VerdictFile, lister: ThreadPoolExecutor, pen: ThreadPoolExecutor) -> None:
        self.how, self.writer, self.lister, self.pen = how, writer, lister, pen
        self.waiting: deque[Future[Any]] = deque()

    def take(self, judged: Judged, uscc: pa.Array) -> None:
        made = self.lister.submit(rows, judged, self.how)
        self.waiting.append(self.pen.submit(lambda: self.writer.write(uscc.cast(pa.string()), made.result())))
        while len(self.waiting) > _WAITING:
            self.waiting.popleft().result()

    def finish(self) -> None:
        while self.waiting:
            self.waiting.popleft().result()


def _remember(uscc: pa.Array, seen: BinaryIO) -> None:
    if uscc.null_count:
        raise DomainError(
            "bad_codes",
            Text(f"{uscc.null_count} 行没有信用代码。", f"{uscc.null_count} rows have no credit code."),
            field="uscc",
            value=uscc.null_count,
        )
    seen.write(hashes(uscc).data)
