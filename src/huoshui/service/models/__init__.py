"""Tables of events, hall, policy library and complaints, a file a subject; private to the package."""

from huoshui.service.models.campaign import Campaign, Grid, QualityCheck, Target
from huoshui.service.models.complaint import Complaint
from huoshui.service.models.event import Attendance, Event
from huoshui.service.models.hall import QuarterNeed, StageReport, Ticket
from huoshui.service.models.policy import PolicyDocument, PolicyPart, PolicyQuestion, PolicyWord

__all__ = [
    "Attendance", "Campaign", "Complaint", "Event", "Grid", "PolicyDocument", "PolicyPart", "PolicyQuestion",
    "PolicyWord", "QualityCheck", "QuarterNeed", "StageReport", "Target", "Ticket",
]  # fmt: skip
