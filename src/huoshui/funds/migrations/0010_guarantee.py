"""Public guarantees: tables, what the database refuses (sql/guarantee.sql), and who may see which rows."""

import django.db.models.deletion
from django.conf import settings
from pathlib import Path

from django.db import migrations, models

from huoshui.access.row_security_sql import (
    by_kind,
    follows,
    own_firm,
    own_institution,
    policies,
    policies_reverse,
    within_district,
)

SQL = Path(__file__).resolve().parent.parent / "sql"
SEEN = by_kind(
    {
        "all": "true",
        "district": within_district("district_code"),
        "institution": f"{own_institution('bank_path')} OR {own_institution('guarantor_path')}",
        "firm": own_firm("enterprise_id"),
    }
)
STANDING = by_kind({"all": "true", "district": "true", "institution": own_institution("guarantor_path")})
TABLES = {
    "funds_guarantee": SEEN,
    "funds_guaranteepaper": follows("funds_guarantee", "funds_guaranteepaper.guarantee_id"),
    "funds_guaranteeshare": follows("funds_guarantee", "funds_guaranteeshare.guarantee_id"),
    "funds_guaranteerecovery": follows("funds_guarantee", "funds_guaranteerecovery.guarantee_id"),
    "funds_guarantorstanding": STANDING,
}


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_guarantee_lead"),
        ("catalogue", "0003_triggers"),
        ("financing", "0008_renewal_plan"),
        ("funds", "0009_compensation_guards"),
        ("ledger", "0002_guards"),
        ("registry", "0005_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Guarantee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                ("district_code", models.CharField(max_length=6)),
                ("bank_path", models.CharField(max_length=120)),
                ("guarantor_path", models.CharField(max_length=120)),
                ("terms", models.JSONField()),
                ("evidence", models.JSONField(default=list)),
                ("amount", models.BigIntegerField()),
                ("repaid", models.BigIntegerField(default=0)),
                ("term_months", models.PositiveSmallIntegerField()),
                ("small", models.BooleanField(default=False)),
                ("group_code", models.CharField(blank=True, default="", max_length=60)),
                ("state", models.CharField(max_length=10)),
                ("version", models.PositiveIntegerField(default=1)),
                ("why", models.TextField(blank=True, default="")),
                ("requested_at", models.DateTimeField()),
                ("opinion", models.TextField(blank=True, default="")),
                ("approved_at", models.DateTimeField(null=True)),
                ("limits", models.JSONField(default=list)),
                ("ceiling_total", models.BigIntegerField(null=True)),
                ("ceiling_customer", models.BigIntegerField(null=True)),
                ("rate_ppm", models.PositiveIntegerField(null=True)),
                ("fee", models.BigIntegerField(null=True)),
                ("letter_no", models.CharField(blank=True, default="", max_length=60)),
                ("issued_on", models.DateField(null=True)),
                ("fee_slip_no", models.CharField(blank=True, default="", max_length=60)),
                ("in_force_on", models.DateField(null=True)),
                ("claims", models.PositiveSmallIntegerField(default=0)),
                ("claimed_on", models.DateField(null=True)),
                ("loss", models.BigIntegerField(default=0)),
                ("payout", models.BigIntegerField(default=0)),
                ("paid_on", models.DateField(null=True)),
                ("returned", models.BigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="financing.referral"
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
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.fund"
                    ),
                ),
                (
                    "guarantor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.hold"
                    ),
                ),
                (
                    "paid_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.posting"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.programmeversion"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GuaranteePaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24)),
                ("name", models.CharField(max_length=160)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                (
                    "guarantee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="funds.guarantee"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GuaranteeRecovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField()),
                ("recovered", models.BigIntegerField()),
                ("cost", models.BigIntegerField(default=0)),
                ("parts", models.JSONField()),
                ("slip_no", models.CharField(max_length=60)),
                ("recorded_at", models.DateTimeField()),
                (
                    "guarantee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recoveries", to="funds.guarantee"
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
        ),
        migrations.CreateModel(
            name="GuaranteeShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                ("party", models.CharField(max_length=20)),
                ("share_ppm", models.PositiveIntegerField()),
                ("borne", models.BigIntegerField()),
                ("returned", models.BigIntegerField(default=0)),
                (
                    "guarantee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="funds.guarantee"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GuarantorStanding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guarantor_path", models.CharField(max_length=120)),
                ("as_of", models.DateField()),
                ("net_assets", models.BigIntegerField()),
                ("mainly_small", models.BooleanField(default=False)),
                ("document_no", models.CharField(max_length=60)),
                ("recorded_at", models.DateTimeField()),
                (
                    "guarantor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
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
        ),
        migrations.AddIndex(
            model_name="guarantee",
            index=models.Index(fields=["guarantor_path", "state"], name="guarantee_guarantor_state"),
        ),
        migrations.AddIndex(
            model_name="guarantee",
            index=models.Index(fields=["bank_path", "state"], name="guarantee_bank_state"),
        ),
        migrations.AddIndex(
            model_name="guarantee",
            index=models.Index(fields=["enterprise"], name="guarantee_firm"),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("term_months__gt", 0)), name="guarantee_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "requested",
                            "submitted",
                            "reviewing",
                            "approved",
                            "issued",
                            "in_force",
                            "claimed",
                            "accepted",
                            "paid",
                            "recovering",
                            "closed",
                            "released",
                            "declined",
                            "withdrawn",
                        ],
                    )
                ),
                name="guarantee_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["declined", "withdrawn"]), _negated=True),
                fields=("case",),
                name="guarantee_one_per_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False), ("state__in", ["closed", "released", "declined", "withdrawn"])
                    ),
                    models.Q(
                        models.Q(("state__in", ["closed", "released", "declined", "withdrawn"]), _negated=True),
                        ("closed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="guarantee_closed_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                "approved",
                                "issued",
                                "in_force",
                                "claimed",
                                "accepted",
                                "paid",
                                "recovering",
                                "closed",
                                "released",
                            ],
                        ),
                        _negated=True,
                    ),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        ("ceiling_customer__isnull", False),
                        ("ceiling_total__isnull", False),
                        ("fee__gte", 0),
                        ("rate_ppm__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="guarantee_approved_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_by", models.F("reviewed_by")), _negated=True),
                name="guarantee_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            ["issued", "in_force", "claimed", "accepted", "paid", "recovering", "closed", "released"],
                        ),
                        _negated=True,
                    ),
                    models.Q(("issued_on__isnull", False), models.Q(("letter_no", ""), _negated=True)),
                    _connector="OR",
                ),
                name="guarantee_letter_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["in_force", "claimed", "accepted", "paid", "recovering", "closed", "released"]),
                        _negated=True,
                    ),
                    models.Q(
                        ("in_force_on__isnull", False),
                        models.Q(("fee", 0), models.Q(("fee_slip_no", ""), _negated=True), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="guarantee_fee_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("loss__gte", 0),
                    ("loss__lte", models.F("amount")),
                    ("payout__gte", 0),
                    ("payout__lte", models.F("loss")),
                ),
                name="guarantee_payout_within_loss",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    models.Q(("accepted_by__isnull", False), ("fund__isnull", False), ("hold__isnull", False)),
                    _connector="OR",
                ),
                name="guarantee_accepted_holds_money",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("paid_by__isnull", False),
                        ("paid_on__isnull", False),
                        ("payout__gt", 0),
                        ("posting__isnull", False),
                        ("state__in", ["paid", "recovering", "closed"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["paid", "recovering", "closed"]), _negated=True),
                        ("paid_on__isnull", True),
                        ("posting__isnull", True),
                        ("returned", 0),
                    ),
                    _connector="OR",
                ),
                name="guarantee_paid_has_posting",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_by", models.F("accepted_by")), _negated=True),
                name="guarantee_paid_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("loss"))),
                name="guarantee_returned_within_loss",
            ),
        ),
        migrations.AddConstraint(
            model_name="guaranteepaper",
            constraint=models.UniqueConstraint(fields=("guarantee", "code"), name="guarantee_paper_once"),
        ),
        migrations.AddConstraint(
            model_name="guaranteerecovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost__gte", 0), ("cost__lte", models.F("recovered")), ("recovered__gt", 0)),
                name="guarantee_recovery_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="guaranteerecovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("posting__isnull", True), ("recovered", models.F("cost"))),
                    models.Q(("posting__isnull", False), ("recovered__gt", models.F("cost"))),
                    _connector="OR",
                ),
                name="guarantee_recovery_posted",
            ),
        ),
        migrations.AddConstraint(
            model_name="guaranteerecovery",
            constraint=models.UniqueConstraint(fields=("guarantee", "slip_no"), name="guarantee_slip_once"),
        ),
        migrations.AddConstraint(
            model_name="guaranteeshare",
            constraint=models.UniqueConstraint(fields=("guarantee", "party"), name="guarantee_share_once"),
        ),
        migrations.AddConstraint(
            model_name="guaranteeshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("borne__gte", 0), ("returned__gte", 0), ("returned__lte", models.F("borne"))),
                name="guarantee_share_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantorstanding",
            constraint=models.CheckConstraint(
                condition=models.Q(("net_assets__gt", 0)), name="guarantor_net_assets_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantorstanding",
            constraint=models.UniqueConstraint(
                fields=("guarantor", "as_of", "document_no"), name="guarantor_standing_once"
            ),
        ),
        migrations.RunSQL((SQL / "guarantee.sql").read_text(), (SQL / "guarantee_reverse.sql").read_text()),
        *(migrations.RunSQL(policies(table, read=read), policies_reverse(table)) for table, read in TABLES.items()),
    ]
