"""Tables of events, hall, policy library and complaints, a file a subject; private to the package."""

from huoshui.service.models.campaign import Campaign, Grid, QualityCheck, Target

__all__ = ["Campaign", "Grid", "QualityCheck", "Target"]
