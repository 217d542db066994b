"""What can be done to the register. Each action runs in one transaction and leaves an event."""

from huoshui.registry.actions_consent import PROOFS, end_representation, give_consent, represent, withdraw_consent
from huoshui.registry.actions_division import Moved, Part, dissolve_district, place_firms
from huoshui.registry.actions_facts import define_fact, record_facts
from huoshui.registry.actions_register import (
    decide_correction,
    install_reference_data,
    merge_duplicates,
    register_enterprise,
    request_correction,
    undo_merge,
)
from huoshui.registry.loading import load_enterprises

__all__ = [
    "PROOFS",
    "Moved",
    "Part",
    "decide_correction",
    "define_fact",
    "dissolve_district",
    "end_representation",
    "give_consent",
    "install_reference_data",
    "load_enterprises",
    "merge_duplicates",
    "place_firms",
    "record_facts",
    "register_enterprise",
    "represent",
    "request_correction",
    "undo_merge",
    "withdraw_consent",
]
