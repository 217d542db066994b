"""Registered loans, claims, papers and recoveries of risk compensation."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_people_codes_parked"),
        ("catalogue", "0003_triggers"),
        ("financing", "0008_renewal_plan"),
        ("funds", "0007_period_close"),
        ("ledger", "0002_guards"),
        ("registry", "0005_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CompensationLoan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("terms", models.JSONField()),
                ("district_code", models.CharField(max_length=6)),
                ("bank_path", models.CharField(max_length=120)),
                ("principal", models.BigIntegerField()),
                ("additions", models.JSONField(default=list)),
                ("registered_on", models.DateField()),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.enterprise"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.fund"),
                ),
                (
                    "loan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="financing.loan"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.programmeversion"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(
                condition=models.Q(("principal__gt", 0)), name="compensation_loan_principal"
            ),
                ],
                'indexes': [
                    models.Index(fields=["bank_path", "registered_on"], name="compensation_bank_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompensationClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                ("district_code", models.CharField(max_length=6)),
                ("bank_path", models.CharField(max_length=120)),
                ("state", models.CharField(max_length=10)),
                ("version", models.PositiveIntegerField(default=1)),
                ("went_bad_on", models.DateField()),
                ("overdue_days", models.PositiveIntegerField()),
                ("five_class", models.CharField(max_length=14)),
                ("unpaid", models.BigIntegerField()),
                ("other_paid", models.BigIntegerField(default=0)),
                ("ratio_ppm", models.PositiveIntegerField()),
                ("amount", models.BigIntegerField()),
                ("cuts", models.JSONField(default=list)),
                ("lines", models.JSONField(default=list)),
                ("paid", models.BigIntegerField(default=0)),
                ("returned", models.BigIntegerField(default=0)),
                ("why", models.TextField(blank=True, default="")),
                ("filed_at", models.DateTimeField()),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.enterprise"
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.fund"),
                ),
                (
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.paymentorder",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="funds.compensationloan"
                    ),
                ),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(
                condition=models.Q(("state__in", ["filed", "returned", "accepted", "paid", "closed", "rejected"])),
                name="compensation_state_known",
            ),
                    models.UniqueConstraint(
                condition=models.Q(("state", "rejected"), _negated=True),
                fields=("registration",),
                name="compensation_claim_once",
            ),
                    models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0), ("amount__lte", models.F("unpaid")), ("other_paid__gte", 0), ("unpaid__gt", 0)
                ),
                name="compensation_amounts",
            ),
                    models.CheckConstraint(
                condition=models.Q(("paid__gte", 0), ("paid__lte", models.F("amount"))),
                name="compensation_paid_within_amount",
            ),
                    models.CheckConstraint(
                condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("paid"))),
                name="compensation_returned_within_paid",
            ),
                    models.CheckConstraint(
                condition=models.Q(
                    models.Q(("order__isnull", False), ("paid__gt", 0), ("state__in", ["paid", "closed"])),
                    models.Q(models.Q(("state__in", ["paid", "closed"]), _negated=True), ("paid", 0), ("returned", 0)),
                    _connector="OR",
                ),
                name="compensation_paid_pair",
            ),
                ],
                'indexes': [
                    models.Index(fields=["bank_path", "state"], name="compensation_bank_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompensationPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24)),
                ("name", models.CharField(max_length=160)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="funds.compensationclaim"
                    ),
                ),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=("claim", "code"), name="compensation_paper_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompensationRecovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField()),
                ("recovered", models.BigIntegerField()),
                ("cost", models.BigIntegerField(default=0)),
                ("to_pool", models.BigIntegerField()),
                ("slip_no", models.CharField(max_length=60)),
                ("recorded_at", models.DateTimeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to="funds.compensationclaim",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.posting"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(
                condition=models.Q(
                    ("cost__gte", 0), ("recovered__gt", 0), ("to_pool__gte", 0), ("to_pool__lte", models.F("recovered"))
                ),
                name="compensation_recovery_amounts",
            ),
                    models.CheckConstraint(
                condition=models.Q(
                    models.Q(("posting__isnull", True), ("to_pool", 0)),
                    models.Q(("posting__isnull", False), ("to_pool__gt", 0)),
                    _connector="OR",
                ),
                name="compensation_recovery_posted",
            ),
                    models.UniqueConstraint(fields=("claim", "slip_no"), name="compensation_slip_once"),
                ],
            },
        ),
        ]
