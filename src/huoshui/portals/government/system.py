"""What the system administrator sees: the installation examined, background work, the last imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob


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
# the examination belongs to the installation, which is above the portals: it registers itself here
_EXAMINATIONS: list[Callable[[], Iterable[Finding]]] = []


def register_examination(examine: Callable[[], Iterable[Finding]]) -> None:
    """Let *examine* say what is wrong with the installation."""
    _EXAMINATIONS[:] = [examine]


def findings() -> list[Finding]:
    """Return what an examination of the installation found now."""
    return [finding for examine in _EXAMINATIONS for finding in examine()]


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
