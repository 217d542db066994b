"""What the rest of the platform calls to take a file in and to look at what was taken in."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry.imports import apart, pipeline
from huoshui.registry.imports.refusals import as_workbook
from huoshui.registry.models import ImportBatch

_ROLE = "HUOSHUI_DB_ROLE"  # set by the commands: owner or web

# remarks on rows that were taken in
REMARKS: dict[str, Text] = {
    "district_migrated": Text("区县代码已撤销，已改为接续的区县", "abolished district code replaced by its successor"),
    "district_abolished": Text(
        "区县代码已撤销且被拆分，地址看不出现属哪里，保留原代码",
        "abolished and split district, address names none: kept",
    ),
    "district_above_county": Text(
        "代码只到省市一级，地址没有写明区县，暂记到市",
        "code above county level, address names no county: kept at city level",
    ),
    "district_from_address": Text("区县按地址确定", "district taken from the address"),
    "control_removed": Text("删去了不可见的控制字符", "invisible control characters removed"),
    "phone_unusable": Text("联系电话不是手机号，未采用", "phone is no mobile number: left out"),
    "other_sheets": Text("工作簿还有其他工作表，只读了第一张", "the workbook has more sheets; only the first was read"),
    "facts_stale": Text("有的事实按字典已过期", "some facts are stale by the dictionary"),
    "facts_older": Text("比已有事实更早，只记入历史", "older than the facts known: kept as history only"),
}


@dataclass(frozen=True, slots=True)
class BatchView:
    """A file that was taken in: rows = created + changed + unchanged + refused."""

    id: int
    kind: str
    source: str
    file_name: str
    sha256: str
    state: str
    dry_run: bool
    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    remarks: tuple[tuple[str, Text, int], ...]  # code, words, number of rows
    remark_rows: dict[str, list[str]]
    mapping: dict[str, str]
    message: str
    started_at: dt.datetime
    finished_at: dt.datetime | None

    @property
    def accepted(self) -> int:
        """Return the rows that were taken in, changed anything or not."""
        return self.created + self.changed + self.unchanged

    @property
    def refusals_file(self) -> Path | None:
        """Return the file of refused rows (CSV), if there are any."""
        return pipeline.refusals_path(self.id) if self.refused else None


def run(
    source: str,
    path: Path | str,
    *,
    actor: Actor,
    mapping: Mapping[str, str] | None = None,
    progress: pipeline.Progress | None = None,
    kind: str = "enterprises",
    as_of: dt.date | None = None,
    dry_run: bool = False,
) -> BatchView:
    """Take the file at *path* in for *source* (a department's code) and return what became of its rows.

    *mapping*: column → field, ``field@万元`` or ``-``; remembered for the source. *kind*: "enterprises", or "facts" for
    a file keyed by credit code. *as_of*: the day its facts hold for (today). *progress*: called with step and rows so
    far. *dry_run*: everything but the change. Raises FileRefused with a remedy for a file that cannot be taken in;
    needs IMPORT_REGISTER. A stage table is the owner's to make: under the web role (pages, worker) a process of its own
    does it, which also keeps a large file out of the worker's memory.
    """
    _may_import(actor)
    when = as_of or clock.today()
    if os.environ.get(_ROLE) == "web":
        return batch(actor, apart.run(kind, source[:40], Path(path), actor, dict(mapping or {}), when, dry_run))
    told, watch = dict(mapping or {}), progress or _quiet
    task = pipeline.Task(kind, source[:40], Path(path), actor, told, when, dry_run, watch)
    return view(pipeline.carry_out(task))


def _quiet(step: str, rows: int) -> None:
    """Watch nothing."""


def _may_import(actor: Actor) -> None:
    if not actor.may(Permission.IMPORT_REGISTER):
        raise DomainError(
            "not_permitted",
            Text("您没有导入登记数据的权限。", "You may not take files into the register."),
            remedy=Text("请联系安全管理员授予“导入登记”权限。", "Ask the security administrator for the permission."),
        )


def batches(actor: Actor, *, source: str = "", limit: int = 50) -> list[BatchView]:
    """Return the latest batches, newest first; needs IMPORT_REGISTER."""
    _may_import(actor)
    found = ImportBatch.objects.order_by("-id")
    return [view(each) for each in (found.filter(source=source) if source else found)[:limit]]


def batch(actor: Actor, batch_id: int) -> BatchView:
    """Return one batch; raises DomainError batch_unknown; needs IMPORT_REGISTER."""
    _may_import(actor)
    found = ImportBatch.objects.filter(pk=batch_id).first()
    if found is None:
        said = Text("没有这个导入批次。", "There is no such import.")
        raise DomainError("batch_unknown", said, field="batch", value=batch_id)
    return view(found)


def refusals(actor: Actor, batch_id: int, *, form: str = "csv") -> bytes:
    """Return the refused rows of a batch as a file: *form* "csv" (UTF-8 with mark) or "xlsx". Safe from formulas."""
    _may_import(actor)
    path = pipeline.refusals_path(batch_id)
    if not path.exists():
        raise DomainError(
            "no_refusals",
            Text("这一批没有被拒收的行。", "No row of this batch was refused."),
            field="batch",
            value=batch_id,
        )
    if form != "xlsx":
        return path.read_bytes()
    with tempfile.TemporaryDirectory(prefix="huoshui-refused-") as folder:
        target = Path(folder) / "refused.xlsx"
        as_workbook(path, target)
        return target.read_bytes()


def view(found: ImportBatch) -> BatchView:
    """Return the batch as a value."""
    counts = found.warnings.get("counts", {})
    remarks = tuple((code, REMARKS.get(code, Text(code, code)), number) for code, number in counts.items())
    return BatchView(
        id=found.pk,
        kind=found.kind,
        source=found.source,
        file_name=found.file_name,
        sha256=found.sha256,
        state=found.state,
        dry_run=found.dry_run,
        rows=found.rows,
        created=found.created,
        changed=found.changed,
        unchanged=found.unchanged,
        refused=found.refused,
        remarks=remarks,
        remark_rows=found.warnings.get("rows", {}),
        mapping=found.mapping,
        message=found.message,
        started_at=found.started_at,
        finished_at=found.finished_at,
    )
