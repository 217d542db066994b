"""What can be done in statistics: one door."""

from huoshui.statistics.actions_count import ensure, forget_old, refresh, revise_tally

__all__ = ["ensure", "forget_old", "refresh", "revise_tally"]
