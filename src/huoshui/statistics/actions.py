"""What can be done in statistics: one door."""

from huoshui.statistics.actions_count import ensure, forget_old, refresh, revise_tally
from huoshui.statistics.actions_map import take_in_boundaries

__all__ = ["ensure", "forget_old", "refresh", "revise_tally", "take_in_boundaries"]
