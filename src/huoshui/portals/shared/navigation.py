"""The entries of the frame's navigation: each portal registers its own; a person sees what their roles permit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission

BANK_KINDS = frozenset({"bank", "guarantor"})
BADGE_SECONDS = 20  # a count in the navigation may be this old; the page itself is exact


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation. *permissions*: any of them opens it; *badge* counts what waits there."""

    label: Any
    url_name: str
    icon: str = "point"
    permissions: tuple[Permission, ...] = ()
    section: Any = ""
    badge: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one person sees it."""

    label: str
    url: str
    icon: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Links under one heading."""

    label: str
    links: tuple[Link, ...]


_entries: dict[str, tuple[Entry, ...]] = {}


def register(portal: str, entries: tuple[Entry, ...]) -> None:
    """Set the entries of *portal* ("bank" or "gov"); called once when the application starts."""
    _entries[portal] = entries


def portal_of(actor: Actor) -> str:
    """Return the portal an actor works in: bank, gov, my (firms) or public."""
    if actor.kind == "owner":
        return "my"
    if actor.kind != "staff":
        return "public"
    return "bank" if actor.org_kind in BANK_KINDS else "gov"


def sections(actor: Actor, path: str) -> tuple[Section, ...]:
    """Return what *actor* may open, grouped, with the page at *path* marked."""
    found: dict[str, list[Link]] = {}
    permitted = [entry for entry in _entries.get(portal_of(actor), ()) if _open_to(entry, actor)]
    urls = {entry.url_name: _url(entry) for entry in permitted}
    here = max((url for url in urls.values() if url and path.startswith(url)), key=len, default="")
    for entry in permitted:
        if url := urls[entry.url_name]:
            link = Link(str(entry.label), url, entry.icon, _count(entry, actor), url == here)
            found.setdefault(str(entry.section), []).append(link)
    return tuple(Section(label, tuple(links)) for label, links in found.items())


def _open_to(entry: Entry, actor: Actor) -> bool:
    return not entry.permissions or any(actor.may(permission) for permission in entry.permissions)


def _url(entry: Entry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""  # a page that is not installed is not offered


def _count(entry: Entry, actor: Actor) -> int:
    if entry.badge is None:
        return 0
    key = f"nav:{entry.url_name}:{actor.person_id}"
    known: int | None = cache.get(key)
    if known is None:
        known = entry.badge(actor)
        cache.set(key, known, BADGE_SECONDS)
    return known
