"""Forgets what has served its time: ended sessions, parked forms, used codes."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.utils import timezone

from huoshui.access import policy
from huoshui.access.models import OneTimeCode, ParkedForm
from huoshui.kernel import clock


def clear_out() -> dict[str, int]:
    """Delete what is over and return how many rows of each table went.

    An ended session stays a while: it tells whose form it is that arrives late. Codes stay for a day, for the limits.
    """
    now = clock.now()
    kept = dt.timedelta(minutes=policy.value("parked.minutes"))
    gone = {
        "sessions": Session.objects.filter(expire_date__lt=timezone.now() - kept),
        "parked_forms": ParkedForm.objects.filter(expires_at__lt=now),
        "codes": OneTimeCode.objects.filter(created_at__lt=now - dt.timedelta(days=1)),
    }
    return {name: rows.delete()[0] for name, rows in gone.items()}
