"""The draft of an application: found by the browser's token or the person, changed step by step, never lost in between."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from huoshui.access.guard import actor_of
from huoshui.kernel import clock
from huoshui.portals.enterprise.models import Draft

COOKIE = "draft"
DAYS = 30  # a draft is kept so long after its last change
NEED = ("amount", "term_months", "purpose", "purpose_text", "collateral")


@dataclass
class Typed:
    """A draft in the hand of a view: read it, `put` into it, and let `kept` carry its token to the browser."""

    row: Draft
    token: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """Return everything typed so far."""
        found: dict[str, Any] = self.row.data
        return found

    def get(self, name: str) -> Any:
        """Return one value, None where it was not typed yet."""
        return self.data.get(name)

    @property
    def enterprise_id(self) -> int | None:
        """Return the firm that was named, if any."""
        found: int | None = self.row.data.get("enterprise_id")
        return found

    @property
    def has_need(self) -> bool:
        """Return whether amount, term and use are known."""
        return bool(self.get("amount") and self.get("term_months") and self.get("purpose"))

    @property
    def product_ids(self) -> list[int]:
        """Return the products chosen so far."""
        return list(self.get("product_ids") or [])

    def put(self, **values: Any) -> Typed:
        """Write *values* into the draft."""
        self.row.data = {**self.row.data, **values}
        self.row.updated_at = clock.now()
        self.row.save()
        return self


def of(request: HttpRequest) -> Typed:
    """Return the draft of this browser, else the newest of the person signed in, else a new one (not stored yet)."""
    token = request.COOKIES.get(COOKIE, "")
    since = clock.now() - dt.timedelta(days=DAYS)
    open_ones = Draft.objects.filter(sent_at=None, updated_at__gte=since)
    person_id = actor_of(request).person_id if actor_of(request).kind == "owner" else None
    row = open_ones.filter(token_hash=_hashed(token)).first() if token else None
    if row is not None and row.person_id not in (None, person_id) and person_id is not None:
        row = None  # another person's, on a phone that both use
    if row is None and person_id is not None:
        row = open_ones.filter(person_id=person_id).order_by("-updated_at").first()
        return Typed(row) if row else _new(person_id)
    return Typed(row, token) if row else _new(person_id)


def waiting(person_id: int) -> Draft | None:
    """Return the newest draft of a person that names a firm, if any."""
    since = clock.now() - dt.timedelta(days=DAYS)
    rows = Draft.objects.filter(sent_at=None, person_id=person_id, updated_at__gte=since, data__has_key="enterprise_id")
    return rows.order_by("-updated_at").first()


def _new(person_id: int | None) -> Typed:
    token, now = secrets.token_urlsafe(24), clock.now()
    row = Draft(token_hash=_hashed(token), person_id=person_id, created_at=now, updated_at=now)
    return Typed(row, token)


def bind(typed: Typed, person_id: int) -> None:
    """Let *person_id* find the draft from any browser."""
    typed.row.person_id = person_id
    typed.put()


def kept(response: HttpResponseBase, typed: Typed) -> HttpResponseBase:
    """Return *response* with the token of the draft, longer lived than any session."""
    if typed.token and typed.row.pk:
        response.set_cookie(
            COOKIE,
            typed.token,
            max_age=DAYS * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def finish(typed: Typed, demand_id: int) -> None:
    """Close the draft: it has become demand *demand_id*."""
    typed.row.sent_at = clock.now()
    typed.put(demand_id=demand_id)


def sent(key: str, person_id: int) -> int | None:
    """Return the demand that the draft *key* of this person has become, if it was sent."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    row = Draft.objects.filter(key=wanted, person_id=person_id).exclude(sent_at=None).first()
    return row.data.get("demand_id") if row else None


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
