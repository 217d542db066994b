"""Complaints, objections and questions: who answers by when, what was replied, whether that satisfied."""

from __future__ import annotations

from django.db import models


class Complaint(models.Model):
    """One matter. *met*: whether the firm and the institution complained about have anything in common on the platform."""

    class State(models.TextChoices):
        EVIDENCE = "evidence", "待补充"
        RECEIVED = "received", "待受理"
        ACCEPTED = "accepted", "办理中"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "已办结"
        REFUSED = "refused", "不予受理"

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12)  # complaint | objection | question
    subject = models.CharField(max_length=20)  # bank | platform | office | notice | score
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.CharField(max_length=120, blank=True, default="")  # of somebody without an account
    district_code = models.CharField(max_length=6)
    target = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    target_path = models.CharField(max_length=120, blank=True, default="")
    reference = models.CharField(max_length=80, blank=True, default="")  # e.g. "payment_notice:12" or a contract number
    met = models.BooleanField(default=True)
    words = models.TextField()
    evidence = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices)
    owner = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    escalated = models.PositiveSmallIntegerField(default=0)
    reply = models.TextField(blank=True, default="")
    satisfaction = models.PositiveSmallIntegerField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["evidence", "received", "accepted", "answered", "closed", "refused"]),
                name="complaint_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["complaint", "objection", "question"]), name="complaint_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="answered") | (models.Q(answered_at__isnull=False) & ~models.Q(reply="")),
                name="complaint_answer_has_words",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(owner__isnull=False), name="complaint_work_has_owner"
            ),
            models.CheckConstraint(
                condition=models.Q(satisfaction=None) | models.Q(satisfaction__range=(1, 5)),
                name="complaint_satisfaction_range",
            ),
        ]
        indexes = [models.Index(fields=["district_code", "state", "due_on"], name="complaint_queue")]

    def __str__(self) -> str:
        return self.number
