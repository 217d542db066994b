"""What every page's frame needs, computed only when the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.queries import inbox_count, organisation
from huoshui.kernel.text import Text
from huoshui.portals.shared.navigation import Section, portal_of, sections

MOST_WRITTEN = 500  # navigations kept: one for each set of links, counts and current page that was shown
_english: dict[int, str] = {}  # names of organisations; few, and hardly ever changed
_written: dict[tuple[tuple[Section, ...], str | None], SafeString] = {}


@dataclass
class Shell:
    """The frame of one request; a part of a page that shows no frame costs no query."""

    request: HttpRequest
    practice: bool
    city: Text

    @cached_property
    def actor(self) -> Actor:
        """Return who looks at the page."""
        return getattr(self.request, "actor", ANONYMOUS)

    @property
    def office(self) -> str:
        """Return the organisation that the reader works for, in the reader's language."""
        actor = self.actor
        if not actor.organisation_id or not (get_language() or "").startswith("en"):
            return actor.organisation_name
        if actor.organisation_id not in _english:
            _english[actor.organisation_id] = organisation(actor.organisation_id).name.en
        return _english[actor.organisation_id]

    @cached_property
    def portal(self) -> str:
        """Return the portal the reader works in."""
        return portal_of(self.actor)

    @cached_property
    def nav(self) -> tuple[Section, ...]:
        """Return the navigation of the reader."""
        return sections(self.actor, self.request.path)

    @cached_property
    def nav_html(self) -> SafeString:
        """Return the navigation as it is written twice on a page: once wide, once folded."""
        key = (self.nav, get_language())
        if (found := _written.get(key)) is None:
            if len(_written) >= MOST_WRITTEN:
                _written.clear()
            found = _written[key] = render_to_string("_nav.html", {"shell": self})
        return found

    @cached_property
    def unread(self) -> int:
        """Return how many notices wait."""
        return inbox_count(self.actor) if self.actor.person_id else 0

    @cached_property
    def english(self) -> bool:
        """Return whether the page is in English."""
        return (get_language() or "").startswith("en")

    @cached_property
    def path(self) -> str:
        """Return the address that a change of language comes back to; a posted page has no address of its own."""
        return self.request.get_full_path()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values: navigation, practice mark, language."""
    city = Text(settings.CITY["zh"], settings.CITY["en"])
    return {"shell": Shell(request, practice=settings.DEMO, city=city)}
