"""A form sent by somebody whose session had ended: kept encrypted, given back once they have signed in again.

The row is only made for a browser that still holds the key of an ended session of a known person, and is only given to
that person. Passwords, codes and files are never kept; the page says which files to choose again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from huoshui.access import policy, vault
from huoshui.access.models import ParkedForm, Person
from huoshui.kernel import clock

COOKIE = "parked"
_NEVER_KEPT = ("csrfmiddlewaretoken", "password", "code", "otp")


@dataclass(frozen=True, slots=True)
class Parked:
    """What was typed: where it was going, the page it was typed on, its values, the names of files to choose again."""

    action: str
    page: str
    values: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


def owner_of_ended_session(request: HttpRequest) -> Person | None:
    """Return the person whose session this browser still names although it has ended; None where nobody is known."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    row = Session.objects.filter(session_key=key).first() if key else None
    person_id = row.get_decoded().get(SESSION_KEY) if row else None
    return Person.objects.filter(pk=person_id, is_active=True).first() if person_id else None


def park(request: HttpRequest, response: HttpResponseBase, *, page: str) -> bool:
    """Keep what *request* posted and name it in a cookie of *response*; False where there is nothing to keep."""
    person = owner_of_ended_session(request) if request.method == "POST" else None
    if person is None:
        return False
    values = [
        [name, value]
        for name, listed in request.POST.lists()
        for value in listed
        if not any(word in name.lower() for word in _NEVER_KEPT)
    ]
    files = [upload.name for _, listed in request.FILES.lists() for upload in listed]
    kept = json.dumps({"person": person.pk, "page": page, "values": values, "files": files})
    if not values or len(kept) > policy.value("parked.kilobytes") * 1024:
        return False
    token, now = secrets.token_urlsafe(32), clock.now()
    expires = now + dt.timedelta(minutes=policy.value("parked.minutes"))
    ParkedForm.objects.filter(expires_at__lt=now).delete()
    ParkedForm.objects.create(
        token_hash=_hashed(token),
        path=request.path[:500],
        cipher=vault.encrypt(kept),
        created_at=now,
        expires_at=expires,
    )
    response.set_cookie(
        COOKIE,
        token,
        max_age=policy.value("parked.minutes") * 60,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return True


def waiting(request: HttpRequest) -> Parked | None:
    """Return what is parked for the person signed in on this browser; None where nothing is, or it is another's."""
    token = request.COOKIES.get(COOKIE, "")
    row = ParkedForm.objects.filter(token_hash=_hashed(token), expires_at__gt=clock.now()).first() if token else None
    if row is None:
        return None
    try:
        kept: dict[str, Any] = json.loads(vault.decrypt(row.cipher))
    except ValueError:
        return None
    if kept["person"] != request.user.pk:
        return None
    values = tuple((name, value) for name, value in kept["values"])
    return Parked(row.path, kept["page"], values, tuple(kept["files"]))


def forget(request: HttpRequest, response: HttpResponseBase) -> None:
    """Throw away what is parked for this browser."""
    if token := request.COOKIES.get(COOKIE, ""):
        ParkedForm.objects.filter(token_hash=_hashed(token)).delete()
        response.delete_cookie(COOKIE, samesite="Lax")


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
