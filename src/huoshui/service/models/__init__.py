"""Tables of events, hall, policy library and complaints, a file a subject; private to the package."""

from huoshui.service.models.campaign import Campaign, Grid, QualityCheck, Target
from huoshui.service.models.policy import PolicyDocument, PolicyPart, PolicyQuestion, PolicyWord

__all__ = [
    "Campaign", "Grid", "PolicyDocument", "PolicyPart", "PolicyQuestion", "PolicyWord", "QualityCheck", "Target",
]  # fmt: skip
