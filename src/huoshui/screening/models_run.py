"""Snapshots of the register and runs of every rule over one of them. Private to the package."""

from __future__ import annotations

from django.db import models


class Snapshot(models.Model):
    """The register on one day as an immutable file, named by its hash. The row outlives the file."""

    sha256 = models.CharField(max_length=64, unique=True)
    rows = models.PositiveIntegerField()
    octets = models.BigIntegerField()
    as_of = models.DateField()
    taken_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # of the file, when nothing named it any more

    def __str__(self) -> str:
        return f"{self.as_of} {self.sha256[:12]}"


class ScreeningRun(models.Model):
    """Every firm of a snapshot against every product, programme and list of a day. A killed run is taken up again."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队"
        RUNNING = "running", "运行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="runs")
    book_sha256 = models.CharField(max_length=64)
    rules = models.PositiveIntegerField()
    as_of = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    rows_done = models.PositiveIntegerField(default=0)
    manifest = models.JSONField(null=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")
    message = models.TextField(blank=True, default="")
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed"]), name="screeningrun_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | models.Q(manifest__isnull=False, finished_at__isnull=False) & ~models.Q(manifest_sha256=""),
                name="screeningrun_done_has_manifest",
            ),
            models.UniqueConstraint(fields=["snapshot", "book_sha256", "as_of"], name="screeningrun_once"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.state}"
