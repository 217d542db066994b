"""One-tap sign-in for practice mode: real people of an invented city, no password asked. Anywhere else it does not exist."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest

from huoshui.access.models import Person
from huoshui.access.queries import PersonView, people


def everyone() -> tuple[PersonView, ...]:
    """Return the staff who can sign in by password, by organisation. Raises Http404 outside practice mode."""
    if not settings.DEMO:
        raise Http404
    rows = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True).exclude(password__startswith="!")  # noqa: S106 (how Django marks "no password")
    return people(rows.select_related("organisation").order_by("pk"))


def enter(request: HttpRequest, username: str) -> None:
    """Sign *request* in as *username*. Raises Http404 outside practice mode or for somebody unknown."""
    wanted = {one.username: one.id for one in everyone()}
    if username not in wanted:
        raise Http404
    login(request, Person.objects.get(pk=wanted[username]), backend="huoshui.access.sign_in.StaffBackend")
