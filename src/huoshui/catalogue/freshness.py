"""Values computed from the catalogue's tables and kept in memory until a table changes, in whatever process.

Every write renews a mark in the table of stamps (by trigger). A process looks at the marks once a request, and otherwise
at most once in SECONDS; where a mark differs from the one a value was computed under, the value is computed again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from uuid import UUID

from django.core.signals import request_started
from django.db import connection

from huoshui.catalogue.models import Stamp

SECONDS = 2.0  # how long a job or command may go on with a value that another process has changed
MOST = 400  # values kept; an older day or district is computed again

T = TypeVar("T")
_values: dict[tuple[tuple[str, ...], Hashable], tuple[tuple[UUID | None, ...], Any]] = {}
_seen = threading.local()


def kept(subjects: tuple[str, ...], key: Hashable, compute: Callable[[], T]) -> T:
    """Return ``compute()`` for *key*, computed again only after one of *subjects* changed."""
    marks = _marks()
    under = tuple(marks.get(subject) for subject in subjects)
    found = _values.get((subjects, key))
    if found is not None and found[0] == under:
        value: T = found[1]
        return value
    value = compute()
    if len(_values) >= MOST:
        _values.clear()
    _values[subjects, key] = (under, value)
    return value


def forget() -> None:
    """Look at the marks again at the next question: this process has just written."""
    _seen.marks = None


def _marks() -> dict[str, UUID]:
    if _outdated():
        _seen.marks = dict(Stamp.objects.values_list("subject", "mark"))
        _seen.until = time.monotonic() + SECONDS
        _seen.blocks = tuple(connection.atomic_blocks)
    marks: dict[str, UUID] = _seen.marks
    return marks


def _outdated() -> bool:
    if getattr(_seen, "marks", None) is None or time.monotonic() > _seen.until:
        return True
    # marks read inside a transaction that has since ended may have been rolled back
    return bool(tuple(connection.atomic_blocks)[: len(_seen.blocks)] != _seen.blocks)


def _new_request(**_: object) -> None:
    forget()


request_started.connect(_new_request, dispatch_uid="catalogue_freshness")
