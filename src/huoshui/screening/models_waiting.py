"""What was handed out when, and the firms that no bank could take then. Private to the package."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from huoshui.screening.left_over import Why


class LeadPush(models.Model):
    """One push of a list: how many firms went out, how many stayed, which branches had room left. Never changed."""

    definition = models.ForeignKey("screening.ListDefinition", on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("screening.ListEdition", on_delete=models.PROTECT, related_name="+")
    given = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    open_branches = ArrayField(models.BigIntegerField())  # with room after the push
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.definition_id} {self.made_at}"


class LeadWaiting(models.Model):
    """A firm of a list that no bank could take when it was last tried, and why."""

    definition = models.ForeignKey(
        "screening.ListDefinition", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    industry_code = models.CharField(max_length=5, blank=True, default="")
    size_class = models.CharField(max_length=8, blank=True, default="")
    reason = models.CharField(max_length=8)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "enterprise"], name="leadwaiting_once"),
            models.CheckConstraint(
                condition=models.Q(reason__in=[why.value for why in Why]), name="leadwaiting_reason_known"
            ),
        ]
        indexes = [models.Index(fields=["definition", "district_code", "id"], name="leadwaiting_district")]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.enterprise_id} {self.reason}"
