"""Names of firms in a bank's lists: masked where the firm did not agree; one question a list, and one event."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.registry import queries

MOST = 10_000  # a list pages no further


def names_for(actor: Actor, rows: Sequence[Any]) -> dict[int, str]:
    """Return the names of the firms of *rows* that are shown; leaves the event that they were read."""
    ids = list({row.enterprise_id for row in rows})
    queries.log_list(actor, ids, reason="case_list")
    return queries.names_of(actor, ids)


class Names:
    """The names of a list's firms: those of the page when it is shown, all of them when the list is exported."""

    def __init__(self, actor: Actor, rows: QuerySet[Any]) -> None:
        self.actor, self.rows = actor, rows
        self.page: dict[int, str] = {}

    def see(self, rows: Sequence[Any]) -> None:
        """Look up the names of a page; leaves the event that they were read."""
        self.page = names_for(self.actor, rows)

    @cached_property
    def known(self) -> dict[int, str]:
        """Return names by firm of the whole list; leaves the event that it was read."""
        ids = list(dict.fromkeys(self.rows.order_by().values_list("enterprise_id", flat=True)[:MOST]))
        queries.log_list(self.actor, ids, reason="case_list")
        return queries.names_of(self.actor, ids)

    def __call__(self, row: Any) -> str:
        """Return the name of a row's firm."""
        return self.page.get(row.enterprise_id) or self.known.get(row.enterprise_id, "—")
