"""What time it is: the machine's, or one set for a demo history, a test or a replay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_set: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)


def now() -> dt.datetime:
    """Return the moment, aware, in Chinese time."""
    return _set.get() or dt.datetime.now(ZONE)


def today() -> dt.date:
    """Return the day in Chinese time."""
    return now().date()


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Make it *moment* (aware) inside the block."""
    assert moment.tzinfo is not None, "a moment needs its zone"
    token = _set.set(moment.astimezone(ZONE))
    try:
        yield
    finally:
        _set.reset(token)
