"""What can be done in statistics: one door."""

from huoshui.statistics.actions_bulletin import (
    draft_bulletin,
    drop_bulletin,
    edit_bulletin,
    freeze_bulletin,
    publish_bulletin,
    revise_bulletin,
)
from huoshui.statistics.actions_count import ensure, forget_old, recount, refresh, revise_tally, try_tally
from huoshui.statistics.actions_district import change_district, place_firms
from huoshui.statistics.actions_evaluation import (
    answer_appeal,
    appeal,
    cancel_round,
    close_self_scoring,
    feed_back,
    open_round,
    publish_round,
    review_result,
    submit_self_score,
)
from huoshui.statistics.actions_map import take_in_boundaries

__all__ = [
    "answer_appeal", "appeal", "cancel_round", "change_district", "close_self_scoring", "draft_bulletin", "drop_bulletin",
    "edit_bulletin", "ensure", "feed_back", "forget_old", "freeze_bulletin", "open_round", "place_firms", "publish_bulletin",
    "publish_round", "recount", "refresh", "review_result", "revise_bulletin", "revise_tally", "submit_self_score",
    "take_in_boundaries", "try_tally",
]  # fmt: skip
