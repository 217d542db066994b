"""Tables of the package. Private to it."""

from huoshui.screening.models_lab import PolicyDraft, PolicyDraftVersion

__all__ = ["PolicyDraft", "PolicyDraftVersion"]
