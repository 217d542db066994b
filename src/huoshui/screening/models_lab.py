"""Drafts of the policy lab: a name and its numbered versions, which never change. Private to the package."""

from __future__ import annotations

from django.db import models


class PolicyDraft(models.Model):
    """A rule in the making. *base*: what it started from ("programme:CODE:2", "product:17:3", "draft:4:1" or nothing)."""

    name = models.CharField(max_length=100)
    base = models.CharField(max_length=60, blank=True, default="")
    kind = models.CharField(max_length=14, blank=True, default="")  # of programme; empty where no money is reckoned
    owner = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    last_number = models.PositiveIntegerField(default=0)  # compare-and-set: who saves says which version was seen
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="policydraft_named"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["", "subsidy", "compensation", "bridge", "guarantee", "preferential"],
                ),
                name="policydraft_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyDraftVersion(models.Model):
    """What was saved once: criteria, terms, the average loan, and what was counted on which snapshot."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    criteria = models.JSONField()
    terms = models.JSONField(default=dict)
    assumptions = models.JSONField(default=dict)
    note = models.CharField(max_length=200, blank=True, default="")
    snapshot = models.CharField(max_length=64, blank=True, default="")  # hash of the file that was counted
    figures = models.JSONField(default=dict)  # yes, no, unknown, loans, lent, cost
    saved_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="policydraftversion_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="policydraftversion_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} v{self.number}"
