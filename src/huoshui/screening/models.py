"""Tables of the package. Private to it."""

from huoshui.screening.models_lab import PolicyDraft, PolicyDraftVersion
from huoshui.screening.models_list import Lead, ListChange, ListDefinition, ListEdition, ListMember, ListRule
from huoshui.screening.models_run import ScreeningRun, Snapshot
from huoshui.screening.models_waiting import LeadPush, LeadWaiting

__all__ = [
    "Lead",
    "LeadPush",
    "LeadWaiting",
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
