"""What follows a decision: the declined are looked after, security is registered, a day's dispatch is kept. Private."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Aftercare(models.Model):
    """One step for a firm that got no loan: a second look at the refusal, or a call so many days later."""

    demand = models.ForeignKey("financing.Demand", on_delete=models.PROTECT, related_name="aftercare")
    step = models.CharField(max_length=12)  # second_look, call
    day = models.PositiveSmallIntegerField()  # days after the refusal; 0 for the second look
    adviser = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=12, blank=True, default="")  # agree, again, repair, elsewhere, not_reached
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "step", "day"], name="aftercare_step_once"),
            models.CheckConstraint(condition=models.Q(step__in=["second_look", "call"]), name="aftercare_step_known"),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, outcome="")
                | (models.Q(done_at__isnull=False) & ~models.Q(outcome="")),
                name="aftercare_done_pair",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="aftercare_open", condition=models.Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.step} {self.day}"


class SecurityRegistration(models.Model):
    """The registration of a mortgage or pledge, which stands between the contract and the first money."""

    loan = models.OneToOneField("financing.Loan", on_delete=models.PROTECT, related_name="registration")
    place = models.CharField(max_length=14, default="local")  # local, cross_province
    office = models.CharField(max_length=80, blank=True, default="")
    papers = ArrayField(models.CharField(max_length=40), default=list)  # those handed in
    due_on = models.DateField()
    submitted_on = models.DateField(null=True)
    registered_on = models.DateField(null=True)
    certificate_no = models.CharField(max_length=60, blank=True, default="")
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place__in=["local", "cross_province"]), name="registration_place_known"
            ),
            models.CheckConstraint(
                condition=models.Q(registered_on__isnull=True, certificate_no="")
                | (
                    models.Q(registered_on__isnull=False, submitted_on__isnull=False)
                    & models.Q(registered_on__gte=models.F("submitted_on"))
                    & ~models.Q(certificate_no="")
                ),
                name="registration_done_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.certificate_no or self.due_on}"


class DispatchRun(models.Model):
    """A day's recommended demands assigned at their best: a plan to look at, then dispatched through the real act."""

    district_code = models.CharField(max_length=6, blank=True, default="")
    made_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="preview")  # preview, done, dropped
    version = models.PositiveIntegerField(default=1)
    method = models.CharField(max_length=8)  # optimum, greedy
    objective = models.BigIntegerField()
    greedy_objective = models.BigIntegerField()
    lines = models.JSONField(default=list)
    unplaced = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["preview", "dropped"], done_at__isnull=True)
                | models.Q(state="done", done_at__isnull=False),
                name="dispatch_run_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d} {self.state}"
