"""Tables of the package. Private to it."""

from huoshui.screening.models_lab import PolicyDraft, PolicyDraftVersion
from huoshui.screening.models_list import Lead, ListChange, ListDefinition, ListEdition, ListMember, ListRule
from huoshui.screening.models_run import ScreeningRun, Snapshot

__all__ = [
    "Lead",
    "ListChange",
    "ListDefinition",
    "ListEdition",
    "ListMember",
    "ListRule",
    "PolicyDraft",
    "PolicyDraftVersion",
    "ScreeningRun",
    "Snapshot",
]
