"""What was handed out when, and the firms that no bank could take then."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from huoshui.access.row_security_sql import by_kind, policies, policies_reverse, within_district

WAITING, PUSHES = "screening_leadwaiting", "screening_leadpush"
# as who is on a list: the government's to know, not the banks'
READ = f"{within_district('district_code')} AND " + by_kind({"all": "true", "district": "true"})
ONCE = f"""
CREATE TRIGGER leadpush_written_once BEFORE UPDATE OR DELETE ON {PUSHES}
    FOR EACH ROW EXECUTE FUNCTION screening_written_once();
"""
ONCE_REVERSE = f"DROP TRIGGER leadpush_written_once ON {PUSHES};"


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_lists_by_inner_initials"),
        ("screening", "0006_lead_deadlines"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeadPush",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given", models.PositiveIntegerField()),
                ("left", models.PositiveIntegerField()),
                (
                    "open_branches",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("made_by", models.CharField(max_length=60)),
                ("made_at", models.DateTimeField()),
                (
                    "definition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.listdefinition"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.listedition"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LeadWaiting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("district_code", models.CharField(max_length=6)),
                ("industry_code", models.CharField(blank=True, default="", max_length=5)),
                ("size_class", models.CharField(blank=True, default="", max_length=8)),
                ("reason", models.CharField(max_length=8)),
                ("since", models.DateTimeField()),
                (
                    "definition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="screening.listdefinition",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.enterprise"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["definition", "district_code", "id"], name="leadwaiting_district")],
                "constraints": [
                    models.UniqueConstraint(fields=("definition", "enterprise"), name="leadwaiting_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["full", "silent", "unfit", "unserved"])),
                        name="leadwaiting_reason_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ONCE, ONCE_REVERSE),
        migrations.RunSQL(policies(WAITING, read=READ), policies_reverse(WAITING)),
    ]
