"""Periods of the books that somebody asked to close; another person confirms."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class PeriodClose(models.Model):
    """A book to be closed through a day: asked by one person, confirmed or sent back by another."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="+")
    through = models.DateField()
    asked_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(ended_by=F("asked_by"), confirmed=True), name="period_four_eyes"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, confirmed=False)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="period_end_recorded",
            ),
            models.UniqueConstraint(fields=["book"], condition=Q(ended_at__isnull=True), name="period_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.book_id} {self.through}"
