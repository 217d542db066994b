"""Names of firms in lists: looked up a page at a time, as far as the reader may see them."""

from __future__ import annotations

from typing import Any

from huoshui.access.actor import Actor
from huoshui.registry import queries as registry


class Names:
    """Names of firms, looked up a page at a time."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.known = actor, dict[int, str]()

    def see(self, rows: Any) -> None:
        """Look up the firms of *rows*."""
        self.known.update(registry.names_of(self.actor, {row.enterprise_id for row in rows}))

    def __call__(self, row: Any) -> str:
        if row.enterprise_id not in self.known:  # an export has rows that no page has shown
            self.see([row])
        return self.known.get(row.enterprise_id, "—")
