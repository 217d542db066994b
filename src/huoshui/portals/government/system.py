"""What the system administrator sees: the installation examined, background work, the last imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said


class Finding(Protocol):
    """One thing looked at."""

    @property
    def name(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def seen(self) -> str: ...
    @property
    def remedy(self) -> str: ...


@dataclass(frozen=True, slots=True)
class JobLine:
    """How many jobs of one kind are in one state."""

    name: str
    state: str
    count: int
    failed: bool = False


JOB_STATES = {
    "todo": _("等待"),
    "doing": _("执行中"),
    "succeeded": _("完成"),
    "failed": _("失败"),
    "cancelled": _("已取消"),
    "aborted": _("已中止"),
}
NAMES = {
    "front end": Text("前端文件", "front end"),
    "disk": Text("磁盘空间", "disk"),
    "database": Text("数据库", "database"),
    "migrations": Text("数据库结构", "migrations"),
    "row security": Text("行级隔离", "row security"),
    "event chain": Text("审计链", "event chain"),
    "working calendar": Text("工作日历", "working calendar"),
    "loan prime rate": Text("贷款市场报价利率", "loan prime rate"),
    "secret key": Text("密钥文件", "secret key"),
    "administrators": Text("三类管理员", "administrators"),
}
# the examination belongs to the installation, which is above the portals: it registers itself here
_EXAMINATIONS: list[Callable[[], Iterable[Finding]]] = []


def register_examination(examine: Callable[[], Iterable[Finding]]) -> None:
    """Let *examine* say what is wrong with the installation."""
    _EXAMINATIONS[:] = [examine]


def findings() -> list[Finding]:
    """Return what an examination of the installation found now."""
    return [finding for examine in _EXAMINATIONS for finding in examine()]


@dataclass(frozen=True, slots=True)
class Examined:
    """A finding with its name in the reader's language; what was seen stays as the command line says it."""

    name: str
    ok: bool
    seen: str
    remedy: str


def examined() -> list[Examined]:
    """Return the findings as the page shows them."""
    return [Examined(_named(one.name), one.ok, one.seen, one.remedy) for one in findings()]


def _named(name: str) -> str:
    return said(NAMES[name]) if name in NAMES else name


def jobs() -> list[JobLine]:
    """Return background work by kind and state."""
    rows = (
        ProcrastinateJob.objects.values_list("task_name", "status")
        .annotate(n=Count("id"))
        .order_by("task_name", "status")
    )
    return [
        JobLine(name, str(JOB_STATES.get(status, status)), count, status == "failed") for name, status, count in rows
    ]
