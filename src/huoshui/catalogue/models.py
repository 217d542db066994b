"""Institutions, products, programmes and dated policy values. Private to the package."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Institution(models.Model):
    """A bank or guarantor as a provider: facts beyond its place in the organisation tree."""

    class Kind(models.TextChoices):
        STATE = "state_bank", "国有大型银行"
        JOINT_STOCK = "joint_stock_bank", "股份制银行"
        CITY = "city_bank", "城市商业银行"
        RURAL = "rural_bank", "农村金融机构"
        VILLAGE = "village_bank", "村镇银行"
        POLICY = "policy_bank", "政策性银行"
        GUARANTOR = "guarantor", "政府性融资担保机构"

    organisation = models.OneToOneField(
        "access.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="institution"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    small = models.BooleanField(default=False)  # small institutions keep a fair share in dispatch
    summary = models.TextField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return str(self.organisation)


class Branch(models.Model):
    """A branch that takes cases: the districts it serves and what it can carry in a week."""

    organisation = models.OneToOneField(
        "access.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="branch"
    )
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="branches")
    districts = ArrayField(models.CharField(max_length=6))
    weekly_capacity = models.PositiveIntegerField(default=20)
    paused_until = models.DateField(null=True, blank=True)
    address = models.CharField(max_length=200, blank=True, default="")
    contact = models.CharField(max_length=60, blank=True, default="")

    def __str__(self) -> str:
        return str(self.organisation)


class Product(models.Model):
    """A loan or guarantee product; its terms live in versions."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="products")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ProductVersion(models.Model):
    """The terms of a product for a time. Submitted by the bank, approved by another person at the office."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审核"
        APPROVED = "approved", "已上架"
        REJECTED = "rejected", "已退回"
        WITHDRAWN = "withdrawn", "已下架"

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # compare-and-set
    summary = models.TextField(blank=True, default="")
    summary_en = models.TextField(blank=True, default="")
    amount_min = models.BigIntegerField()  # fen
    amount_max = models.BigIntegerField()
    term_min_months = models.PositiveSmallIntegerField()
    term_max_months = models.PositiveSmallIntegerField()
    rate_kind = models.CharField(max_length=8)  # fixed, lpr_1y, lpr_5y
    rate_ppm = models.PositiveIntegerField(null=True)  # fixed: yearly rate in parts per million (3.45 % = 34500)
    spread_bp = models.IntegerField(null=True)  # over the prime rate
    methods = ArrayField(models.CharField(max_length=16))  # annuity, equal_principal, interest_only, bullet, revolving
    collateral = ArrayField(models.CharField(max_length=12))  # credit, guarantee, mortgage, pledge
    papers = ArrayField(models.CharField(max_length=40), default=list)
    fees = models.JSONField(default=list)  # [{"name", "name_en", "payer", "payee", "when", "pct"|"amount"}]
    criteria = models.JSONField()
    districts = ArrayField(models.CharField(max_length=6), default=list)  # empty = wherever a branch serves
    exclusive_to = models.CharField(max_length=80, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    submitted_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True, default="")
    drafted_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField(null=True)
    withdrawn_on = models.DateField(null=True)  # from this day on the version is not offered

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="product_version_number"),
            models.UniqueConstraint(
                fields=["product"],
                condition=models.Q(state__in=["draft", "submitted"]),
                name="product_version_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "submitted", "approved", "rejected", "withdrawn"]),
                name="product_version_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="withdrawn", withdrawn_on__isnull=False)
                | (~models.Q(state="withdrawn") & models.Q(withdrawn_on__isnull=True)),
                name="product_version_withdrawn_on",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "rejected", "withdrawn"])
                | models.Q(decided_at__isnull=False),
                name="product_version_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_min__gt=0, amount_max__gte=models.F("amount_min")),
                name="product_version_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(term_min_months__gt=0, term_max_months__gte=models.F("term_min_months")),
                name="product_version_terms",
            ),
            models.CheckConstraint(
                condition=models.Q(rate_kind="fixed", rate_ppm__isnull=False, spread_bp__isnull=True)
                | models.Q(rate_kind__in=["lpr_1y", "lpr_5y"], rate_ppm__isnull=True, spread_bp__isnull=False),
                name="product_version_rate",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(submitted_by__isnull=True)
                | ~models.Q(decided_by=models.F("submitted_by")),
                name="product_version_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="product_version_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} v{self.number}"


class Programme(models.Model):
    """A public scheme: subsidy, compensation, bridge, guarantee or preferential rate."""

    code = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=14)  # subsidy, compensation, bridge, guarantee, preferential
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=140, blank=True, default="")
    owner = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class ProgrammeVersion(models.Model):
    """The rules of a programme for a time, from one document. Published versions never change."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="draft")  # draft, published, ended
    document_no = models.CharField(max_length=80)
    issued_by = models.CharField(max_length=120, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    summary_en = models.TextField(blank=True, default="")
    terms = models.JSONField()  # by kind: rates as strings in percent, amounts as strings in yuan
    criteria = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    published_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    drafted_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)  # compare-and-set

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="programme_version_number"),
            models.UniqueConstraint(
                fields=["programme"], condition=models.Q(state="draft"), name="programme_version_one_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "published", "ended"]), name="programme_version_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | (models.Q(published_at__isnull=False) & ~models.Q(document_no="")),
                name="programme_version_published",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by__isnull=True)
                | models.Q(drafted_by__isnull=True)
                | ~models.Q(published_by=models.F("drafted_by")),
                name="programme_version_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="programme_version_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} v{self.number}"


class ReferenceRate(models.Model):
    """A published reference rate: lpr_1y, lpr_5y or benchmark_1y, from a day on."""

    kind = models.CharField(max_length=12)
    effective_on = models.DateField()
    rate_ppm = models.PositiveIntegerField()
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "effective_on"], name="reference_rate_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["lpr_1y", "lpr_5y", "benchmark_1y"]), name="reference_rate_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(rate_ppm__gt=0, rate_ppm__lte=360_000), name="reference_rate_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.effective_on}"


class ParameterValue(models.Model):
    """A policy value set by this city over the shipped default, from a day on, with its document."""

    path = models.CharField(max_length=80)
    valid_from = models.DateField()
    value = models.JSONField()
    document_no = models.CharField(max_length=80)
    set_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "valid_from"], name="parameter_value_once")]

    def __str__(self) -> str:
        return f"{self.path} {self.valid_from}"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday or a make-up workday."""

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=15)  # holiday, makeup_workday
    name = models.CharField(max_length=40, blank=True, default="")
    source = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["holiday", "makeup_workday"]), name="calendar_day_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class CalendarYear(models.Model):
    """A year whose holidays the State Council has announced."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField(max_length=120, blank=True, default="")

    def __str__(self) -> str:
        return str(self.year)


class RepairMeasure(models.Model):
    """A row of the repair table: what is wrong, which department helps, what to do."""

    code = models.CharField(max_length=40, primary_key=True)
    problem = models.CharField(max_length=120)
    problem_en = models.CharField(max_length=160)
    department = models.CharField(max_length=80)
    department_en = models.CharField(max_length=120)
    measure = models.TextField()
    measure_en = models.TextField()
    fact = models.CharField(max_length=40, blank=True, default="")  # the fact that shows it
    standard = models.PositiveSmallIntegerField(null=True)  # 1–5 of the five standards
    repairable = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.problem


class Stamp(models.Model):
    """What changed last, by subject; the database renews *mark* with every write, so each process sees it is stale."""

    subject = models.CharField(max_length=12, primary_key=True)  # parameters, calendar, rates, products, programmes
    mark = models.UUIDField()

    def __str__(self) -> str:
        return self.subject
