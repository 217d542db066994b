"""A run of every firm of a file against every rule of a book: resumable, one at a time, the same bytes every time.

The work folder holds a finished file for each part of the firms' file; a run that was killed takes them up again. In the
end they are joined, the counts must add up to the rows, and the three results are moved into place, the manifest last.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from huoshui import rules, screening
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.rules.book import Book
from huoshui.rules.facts import FactDictionary
from huoshui.rules.plan import Plan, plan
from huoshui.screening import codes_seen
from huoshui.screening.firms_file import FirmsFile, Part, open_firms
from huoshui.screening.part import Job, PartCounts, read_counts, work_part
from huoshui.screening.stitch import stitch

Progress = Callable[[int], None]
Engine = Callable[[Job, Sequence[Part], Progress], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked: the firms' file, the book with its bytes' hash, facts, day, how many best, where to."""

    firms: Path
    book: Book
    book_hash: str
    facts: FactDictionary
    as_of: dt.date
    out: Path
    top: int = 5


@dataclass(slots=True)
class Steps:
    """Seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 4)


def local(job: Job, parts: Sequence[Part], progress: Progress) -> None:
    """Work *parts* one after another in this process."""
    for part in parts:
        work_part(job, part, progress)


def screen(asked: Request, *, engine: Engine = local, progress: Progress = lambda rows: None) -> dict[str, Any]:
    """Write counts.parquet, verdicts.parquet and manifest.json into the request's folder; return the manifest.

    Raises Refused for columns that are missing or mistyped, DomainError when another run works in the folder
    (run_going_on), a credit code is missing or stands twice (bad_codes), or counts do not add up.
    """
    steps = Steps()
    with steps.timed("plan"):
        ready = plan(asked.book.rules, as_of=asked.as_of)
        firms = open_firms(asked.firms, ready.facts, asked.facts)
        job = Job(firms, ready, asked.facts, asked.top, _work_folder(asked, firms))
    with _alone(asked.out), ThreadPoolExecutor(1) as beside:
        data_hash = beside.submit(_sha256, asked.firms)
        with steps.timed("judge"):
            resumed = _work(job, engine, progress)
        with steps.timed("check"):
            counts = _collected(job)
            _refuse_doubles(job)
        with steps.timed("write"):
            results = _write(job, counts)
        told = _manifest(asked, job, steps, data_hash.result(), results, resumed)
        _put_in_place(asked.out, job.folder, told)
    return told


def _work_folder(asked: Request, firms: FirmsFile) -> Path:
    """A folder that only the same inputs and code share; a file is the same while size, time and footer are."""
    stat = asked.firms.stat()
    with asked.firms.open("rb") as file:
        file.seek(max(0, stat.st_size - 65_536))
        tail = hashlib.sha256(file.read()).hexdigest()
    key = [
        stat.st_size,
        stat.st_mtime_ns,
        tail,
        asked.book_hash,
        str(asked.as_of),
        asked.top,
        code_hash(),
        firms.needed,
    ]
    return asked.out / f".work-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}"


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DomainError(
                "run_going_on",
                Text("另一个筛查正在写入该文件夹。", "Another run is working in this folder."),
                field="out",
                remedy=Text("请等它结束，或换一个文件夹。", "Wait for it, or name another folder."),
            ) from None
        yield


def _work(job: Job, engine: Engine, progress: Progress) -> int:
    for stale in job.folder.parent.glob(".work-*"):
        if stale != job.folder:
            shutil.rmtree(stale, ignore_errors=True)
    job.folder.mkdir(exist_ok=True)
    done = [part for part in job.firms.parts() if job.finished(part)]
    progress(sum(part.rows for part in done))
    engine(job, [part for part in job.firms.parts() if part not in done], progress)
    return len(done)


def _collected(job: Job) -> PartCounts:
    whole = PartCounts(len(job.plan.codes))
    for part in job.firms.parts():
        whole.add(read_counts(job, part))
    if whole.rows() != job.firms.rows or not whole.add_up(job.firms.rows):
        raise DomainError(
            "counts_do_not_add_up",
            Text("是、否、未知之和与行数不符，结果作废。", "Yes, no and unknown do not add up to the rows."),
            value=whole.rows(),
        )
    return whole


def _refuse_doubles(job: Job) -> None:
    suspects = codes_seen.twice([job.hashes(part) for part in job.firms.parts()])
    if not len(suspects):
        return
    everything = job.firms.batches(range(len(job.firms.group_rows)), columns=["uscc"])
    if not (doubled := codes_seen.named(everything, suspects)):
        return
    shown = ", ".join(doubled[:10])
    shutil.rmtree(job.folder)
    raise DomainError(
        "bad_codes",
        Text(
            f"{len(doubled)} 个信用代码重复出现：{shown}。",
            f"{len(doubled)} credit codes stand more than once: {shown}.",
        ),
        field="uscc",
        value=len(doubled),
        remedy=Text("请合并重复的企业后再运行。", "Merge the firms that stand twice, then run again."),
    )


def _write(job: Job, counts: PartCounts) -> dict[str, str]:
    """Write the two tables into the work folder; return their hashes."""
    pq.write_table(counts.table(job.plan.codes), job.folder / "counts.parquet", compression="zstd")
    joined = job.folder / "verdicts.parquet"
    parts = [job.verdicts(part) for part in job.firms.parts()]
    if len(parts) > 1:
        digest = stitch(parts, joined)
    else:
        if parts:
            os.replace(parts[0], joined)  # a run killed from here on judges its one part again
        else:
            pq.write_table(job.no_verdicts(), joined)
        digest = _sha256(joined)
    return {"counts.parquet": _sha256(job.folder / "counts.parquet"), "verdicts.parquet": digest}


def _manifest(
    asked: Request, job: Job, steps: Steps, data_hash: str, results: dict[str, str], resumed: int
) -> dict[str, Any]:
    return {
        "firms": {"file": asked.firms.name, "sha256": data_hash},
        "rules": {"sha256": asked.book_hash, "rules": len(job.plan.codes), "atoms": len(job.plan.slots)},
        "facts_sha256": facts_hash(job.plan, asked.facts),
        "code": {"version": version("huoshui"), "sha256": code_hash()},
        "as_of": asked.as_of.isoformat(),
        "top": asked.top,
        "rows": job.firms.rows,
        "parts": len(job.firms.parts()),
        "parts_resumed": resumed,
        "results": results,
        "seconds": {**steps.seconds, "all": round(sum(steps.seconds.values()), 4)},
        "peak_memory_mb": _peak_memory(),
    }


def _peak_memory() -> float:
    """Return the process's highest resident memory in MB. Linux's own figure where there is one: getrusage counts the
    parent's, too."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)


def _put_in_place(out: Path, folder: Path, told: dict[str, Any]) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (out / "manifest.json").unlink(missing_ok=True)  # absent while the tables change
    for name in ("counts.parquet", "verdicts.parquet", "manifest.json"):
        os.replace(folder / name, out / name)
    shutil.rmtree(folder)


def facts_hash(ready: Plan, facts: FactDictionary) -> str:
    """Return the hash of what the plan relies on in the dictionary: kinds and known values of its facts."""
    relied_on = [(code, facts[code].kind.value, facts[code].values) for code in ready.facts]
    return hashlib.sha256(repr(relied_on).encode()).hexdigest()


def code_hash() -> str:
    """Return the hash of the source that decides verdicts."""
    digest = hashlib.sha256()
    for package in (rules, screening):
        for file in sorted(Path(str(package.__file__)).parent.glob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
