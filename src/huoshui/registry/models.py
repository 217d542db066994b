"""The enterprise register: firms, their facts by department, imports, representatives, consents. Private to the package."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Division(models.Model):
    """An administrative division. *successor* is set where an abolished one went to exactly one other."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True, default="")
    level = models.CharField(max_length=10)  # province, city, county, township
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    note = models.CharField(max_length=200, blank=True, default="")  # why it was abolished, and the document

    def __str__(self) -> str:
        return self.name


class Enterprise(models.Model):
    """A firm of any kind (经营主体), keyed by its unified social credit code."""

    class Kind(models.TextChoices):
        COMPANY = "company", "企业"
        INDIVIDUAL = "individual_business", "个体工商户"
        COOPERATIVE = "cooperative", "农民专业合作社"

    class Status(models.TextChoices):
        ACTIVE = "active", "存续"
        CLOSED = "closed", "注销"
        REVOKED = "revoked", "吊销"

    class SizeClass(models.TextChoices):
        LARGE = "large", "大型"
        MEDIUM = "medium", "中型"
        SMALL = "small", "小型"
        MICRO = "micro", "微型"

    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200)
    name_pinyin = models.CharField(max_length=800, blank=True, default="")
    name_initials = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    district_code = models.CharField(max_length=6)  # six digits; a Division of level county
    township_code = models.CharField(max_length=12, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    industry_code = models.CharField(max_length=5, blank=True, default="")  # GB/T 4754, letter + digits
    scope = models.TextField(blank=True, default="")
    established_on = models.DateField(null=True)
    registered_capital = models.BigIntegerField(null=True)  # fen; null when unknown or in another currency
    capital_currency = models.CharField(max_length=3, default="CNY")
    capital_foreign = models.BigIntegerField(null=True)  # hundredths of capital_currency when that is not CNY
    organisation_type = models.CharField(max_length=60, blank=True, default="")
    size_rule = models.CharField(max_length=20, blank=True, default="")  # version of the rule behind size_class
    size_class = models.CharField(max_length=8, choices=SizeClass.choices, null=True)
    labels = ArrayField(models.CharField(max_length=20), default=list)
    phone_hash = models.CharField(max_length=64, blank=True, default="")  # of the phone on the register
    phone_cipher = models.BinaryField(null=True)
    invented = models.BooleanField(default=False)  # demo firms are marked on every page
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="enterprise_uscc_form"
            ),
            models.CheckConstraint(
                condition=models.Q(registered_capital__isnull=True) | models.Q(registered_capital__gte=0),
                name="enterprise_capital_not_negative",
            ),
        ]
        indexes = [
            # pairs of neighbouring characters: a trigram index cannot serve the two-character words people type
            GinIndex(models.Func(models.F("name"), function="registry_pairs"), name="enterprise_name_pairs"),
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="enterprise_name_start"),
            GinIndex(fields=["name_initials"], opclasses=["gin_trgm_ops"], name="enterprise_initials_trgm"),
            models.Index(fields=["name_initials"], opclasses=["varchar_pattern_ops"], name="enterprise_initials_start"),
            models.Index(fields=["district_code", "id"], name="enterprise_district"),
            models.Index(fields=["name_pinyin", "id"], name="enterprise_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name


class EnterpriseChange(models.Model):
    """An old value of a register field: what it was, until when, from which source."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=40)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    source = models.CharField(max_length=40)
    batch = models.ForeignKey("ImportBatch", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.field}"


class FactSheet(models.Model):
    """What one department says of one firm: facts by code, with the date they hold for. Money in fen."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="sheets")
    source = models.CharField(max_length=30)  # department code of the fact dictionary
    as_of = models.DateField()
    values = models.JSONField(default=dict)
    batch = models.ForeignKey("ImportBatch", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "source"], name="fact_sheet_once_per_source")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.source} {self.as_of}"


class FactSheetHistory(models.Model):
    """A fact sheet that was replaced by a newer one."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=30)
    as_of = models.DateField()
    values = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.source} {self.as_of}"


class FactDefinition(models.Model):
    """A fact that this city added to the shipped dictionary."""

    code = models.CharField(max_length=40, primary_key=True)
    definition = models.JSONField()
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class ImportBatch(models.Model):
    """One file taken in: what came, what was accepted, changed, left as it was and refused."""

    class State(models.TextChoices):
        RUNNING = "running", "导入中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    kind = models.CharField(max_length=12, default="enterprises")  # enterprises, facts
    source = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    dry_run = models.BooleanField(default=False)
    mapping = models.JSONField(default=dict)
    warnings = models.JSONField(default=dict)
    refusals_file = models.CharField(max_length=200, blank=True, default="")
    started_by = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | models.Q(
                    rows=models.F("created") + models.F("changed") + models.F("unchanged") + models.F("refused")
                ),
                name="import_batch_rows_add_up",
            ),
        ]
        indexes = [models.Index(fields=["source", "-id"], name="import_batch_source")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class ColumnMap(models.Model):
    """The columns of a source's files, remembered: {"统一社会信用代码": "uscc", …}."""

    source = models.CharField(max_length=40, primary_key=True)
    columns = models.JSONField()
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.source


class Representative(models.Model):
    """A person who acts for a firm, proved by a code sent to the phone."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="representatives")
    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="represents")
    proof = models.CharField(max_length=30)  # phone_on_register, licence_photo, staff_confirmed
    confirmed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "person"],
                condition=models.Q(ended_at__isnull=True),
                name="representative_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.enterprise_id}"


class Consent(models.Model):
    """A firm lets one reader read named kinds of data for one purpose until a day; withdrawn with one tap.

    Without a reader it is the platform itself that may match; then *reader_path* names no organisation.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="consents")
    reader = models.ForeignKey("access.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    reader_path = models.CharField(max_length=120)
    purpose = models.CharField(max_length=30)  # loan_application, subsidy, guarantee, …
    data_kinds = ArrayField(models.CharField(max_length=30))
    given_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    text_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "reader", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="consent_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(reader__isnull=True, purpose="matching", reader_path="platform")
                | (models.Q(reader__isnull=False) & ~models.Q(purpose="matching")),
                name="consent_platform_matches_only",
            ),
            models.CheckConstraint(condition=models.Q(data_kinds__len__gt=0), name="consent_names_data"),
        ]
        indexes = [models.Index(fields=["reader_path", "enterprise"], name="consent_reader")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} → {self.reader_id}"


class Merge(models.Model):
    """Two records of one firm joined: the survivor keeps everything, the other points to it; can be undone."""

    survivor = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    moved = models.JSONField(default=dict)  # {"financing.Demand.enterprise": [ids]}: what undoing moves back
    merged_by = models.CharField(max_length=40)
    merged_at = models.DateTimeField()
    undone_by = models.CharField(max_length=40, blank=True, default="")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(survivor=models.F("absorbed")), name="merge_of_two"),
            models.UniqueConstraint(
                fields=["absorbed"], condition=models.Q(undone_at__isnull=True), name="merge_absorbed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class Correction(models.Model):
    """A request to put a register field right; a second person approves it, and the old value is kept."""

    class State(models.TextChoices):
        REQUESTED = "requested", "待审批"
        APPROVED = "approved", "已更正"
        REFUSED = "refused", "不予更正"

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=40)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.CharField(max_length=40)
    requested_at = models.DateTimeField()
    decided_by = models.CharField(max_length=40, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="requested", decided_at__isnull=True, decided_by="")
                | (~models.Q(state="requested") & models.Q(decided_at__isnull=False) & ~models.Q(decided_by="")),
                name="correction_decided_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(requested_by=models.F("decided_by")), name="correction_two_people"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "field"], condition=models.Q(state="requested"), name="correction_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.field} {self.state}"
