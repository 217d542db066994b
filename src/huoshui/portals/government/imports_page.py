"""What the import pages show: sources, columns with samples, progress and result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.actor import Actor
from huoshui.kernel.text import Text
from huoshui.portals.government.forms_policy import MappingForm
from huoshui.portals.government.uploads import Upload
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.lines import Line
from huoshui.registry import dictionary, imports
from huoshui.registry.imports import BatchView
from huoshui.registry.imports.columns import IGNORE, resolve
from huoshui.registry.imports.fields import REGISTER
from huoshui.registry.imports.problems import FileRefused

SOURCES: tuple[tuple[str, Any], ...] = (
    ("market", gettext_lazy("市场监管局")),
    ("tax", gettext_lazy("税务局")),
    ("social_security", gettext_lazy("人社局")),
    ("court", gettext_lazy("法院")),
    ("credit", gettext_lazy("信用平台")),
    ("approvals", gettext_lazy("行政审批局")),
    ("industry", gettext_lazy("工信局")),
    ("science", gettext_lazy("科技局")),
    ("utilities", gettext_lazy("水电气")),
    ("bank", gettext_lazy("人民银行分支机构")),
)
STATES = {
    "running": (Text("正在导入", "Running"), "blue"),
    "done": (Text("已完成", "Done"), "green"),
    "failed": (Text("失败", "Failed"), "red"),
}


@dataclass(frozen=True, slots=True)
class MapLine:
    """A column of the file with its first values and its select."""

    header: str
    sample: str
    field: Any


@dataclass(frozen=True, slots=True)
class ResultPage:
    """How far a file is, or what became of its rows."""

    file_name: str
    running: bool
    state: Text
    tone: str
    message: str
    tiles: tuple[Line, ...]
    remarks: tuple[str, ...]
    refused_batch: int | None
    dry_run: bool
    key: str = ""


def sources() -> list[tuple[str, str]]:
    """Return the departments a file may come from."""
    return [(code, str(label)) for code, label in SOURCES]


def mapping_options(upload: Upload, columns: list[tuple[str, list[str]]]) -> dict[str, Any]:
    """Return what the mapping form needs: columns, fields, and the guess for each column."""
    fields = (*REGISTER, *dictionary.fields())
    names = [name for name, _sample in columns]
    try:
        guess = resolve(names, fields, told=upload.mapping, remembered={}).remembered()
    except FileRefused:
        guess = {}
    known = {name: target for name, target in guess.items() if target != IGNORE}
    return {"headers": names, "targets": _targets(fields), "known": known}


def _targets(fields: tuple[Any, ...]) -> list[tuple[str, str]]:
    found = []
    for field in fields:
        units = ("元", "万元") if field.kind == "money" else ("",)
        found += [
            (f"{field.code}@{u}", f"{said(field.label)}（{u}）") if u else (field.code, said(field.label))
            for u in units
        ]
    return found


def columns(form: MappingForm, found: list[tuple[str, list[str]]]) -> list[MapLine]:
    """Return one line a column."""
    return [
        MapLine(name, " / ".join(value for value in sample if value)[:120], form[f"column_{number}"])
        for number, (name, sample) in enumerate(found)
    ]


def progress(actor: Actor, upload: Upload) -> ResultPage:
    """Return how far the worker is with an upload."""
    if upload.batch is not None and upload.state == "done":
        return of_batch(imports.batch(actor, upload.batch), key=upload.key)
    running = upload.state in ("new", "queued")
    state, tone = STATES["running" if running else "failed"]
    return ResultPage(upload.file_name, running, state, tone, upload.message, (), (), None, upload.dry_run, upload.key)


def of_batch(batch: BatchView, *, key: str = "") -> ResultPage:
    """Return what became of a file."""
    state, tone = STATES.get(batch.state, STATES["failed"])
    if batch.dry_run and batch.state == "done":
        state = Text("试运行完成，没有入库", "Tried; nothing was changed")
    tiles = (
        Line(_("总行数"), f"{batch.rows:,}"),
        Line(_("新增"), f"{batch.created:,}"),
        Line(_("更新"), f"{batch.changed:,}"),
        Line(_("无变化"), f"{batch.unchanged:,}"),
        Line(_("退回"), f"{batch.refused:,}"),
    )
    remarks = tuple(f"{said(words)}：{number:,}" for _code, words, number in batch.remarks)
    refused = batch.id if batch.refused else None
    return ResultPage(
        batch.file_name,
        batch.state == "running",
        state,
        tone,
        batch.message,
        tiles,
        remarks,
        refused,
        batch.dry_run,
        key,
    )
