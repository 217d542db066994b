"""What single firms change on exclusion lists between two editions."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from huoshui.access.row_security_sql import by_kind, policies, policies_reverse, within_district

TABLE = "screening_listchange"
READ = f"{within_district('district_code')} AND " + by_kind({"all": "true", "district": "true"})
ONCE = f"""
CREATE TRIGGER listchange_written_once BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION screening_written_once();
"""
ONCE_REVERSE = f"DROP TRIGGER listchange_written_once ON {TABLE};"


class Migration(migrations.Migration):
    dependencies = [("screening", "0003_list_guards"), ("registry", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="ListChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("district_code", models.CharField(max_length=6)),
                ("listed", models.BooleanField()),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("made_at", models.DateTimeField()),
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
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.listrule"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["definition", "-made_at"], name="listchange_newest")]},
        ),
        migrations.RunSQL(ONCE, ONCE_REVERSE),
        migrations.RunSQL(policies(TABLE, read=READ), policies_reverse(TABLE)),
    ]
