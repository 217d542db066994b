"""What can be done in statistics: one door."""

from huoshui.statistics.actions_bulletin import (
    draft_bulletin,
    drop_bulletin,
    edit_bulletin,
    freeze_bulletin,
    publish_bulletin,
    revise_bulletin,
)
from huoshui.statistics.actions_count import ensure, forget_old, recount, refresh, revise_tally
from huoshui.statistics.actions_map import take_in_boundaries

__all__ = [
    "draft_bulletin", "drop_bulletin", "edit_bulletin", "ensure", "forget_old", "freeze_bulletin", "publish_bulletin",
    "recount", "refresh", "revise_bulletin", "revise_tally", "take_in_boundaries",
]  # fmt: skip
