"""A market, a street, a town or a project that asks together; invoices that a core firm owes. Private to the package."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DemandGroup(models.Model):
    """Many firms, one demand: shared papers, and one special credit (专项授信) that a bank gives for all of them."""

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10)  # market, street, town, project, chain
    name = models.CharField(max_length=80)
    district_code = models.CharField(max_length=6)
    organiser = models.CharField(max_length=120, blank=True, default="")
    core_enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, null=True, related_name="+")
    summary = models.CharField(max_length=500, blank=True, default="")
    papers = ArrayField(models.CharField(max_length=40), default=list)  # shared: no member is asked for them again
    loan_code = models.OneToOneField("financing.LoanCode", on_delete=models.PROTECT, null=True, related_name="group")
    closes_on = models.DateField(null=True)
    created_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["market", "street", "town", "project", "chain"]), name="group_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="chain") | models.Q(core_enterprise__isnull=False), name="group_chain_has_core"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupCredit(models.Model):
    """The special credit of one bank for a group: no more than *amount* is granted to all members together."""

    group = models.OneToOneField(DemandGroup, on_delete=models.PROTECT, related_name="credit")
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField()  # fen
    rate_ppm = models.PositiveIntegerField(null=True)
    term_months = models.PositiveSmallIntegerField(null=True)
    document_no = models.CharField(max_length=80)
    plan = models.TextField(blank=True, default="")  # 综合金融服务方案, in words
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="group_credit_positive")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.amount}"


class Invoice(models.Model):
    """An invoice that a core firm owes, on which a supplier asks for money: never twice at the same time."""

    demand = models.ForeignKey("financing.Demand", on_delete=models.PROTECT, related_name="invoices")
    buyer = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    amount = models.BigIntegerField()  # fen
    issued_on = models.DateField()
    due_on = models.DateField()
    confirmed_on = models.DateField(null=True)  # the buyer has confirmed the debt (确权)
    released_at = models.DateTimeField(null=True)  # its demand ended without money

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(released_at__isnull=True), name="invoice_financed_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="invoice_amount_positive"),
            models.CheckConstraint(condition=models.Q(due_on__gte=models.F("issued_on")), name="invoice_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.number
