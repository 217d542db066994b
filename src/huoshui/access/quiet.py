"""When a phone is left in peace: the moment until which a message waits. Pure."""

from __future__ import annotations

import datetime as dt

from huoshui.kernel.clock import ZONE

RINGING = frozenset({"sms", "wechat"})  # channels that ring; e-mail and the inbox wait for their reader anyway


def waits_until(now: dt.datetime, begins: dt.time, ends: dt.time) -> dt.datetime | None:
    """Return when a message made at *now* may ring: None at once. *begins* counts to the quiet, *ends* no more."""
    here = now.astimezone(ZONE)
    at, today = here.time(), here.date()
    if begins == ends:
        return None
    if begins < ends:
        return dt.datetime.combine(today, ends, ZONE) if begins <= at < ends else None
    if at >= begins:
        return dt.datetime.combine(today + dt.timedelta(days=1), ends, ZONE)
    return dt.datetime.combine(today, ends, ZONE) if at < ends else None
