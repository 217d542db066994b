"""A bank reads its own result and no other's."""

from django.db import migrations

from huoshui.access import row_security_sql as sql

TABLE = "statistics_evaluationresult"
READ = sql.by_kind({"all": "true", "district": "true", "institution": sql.above_or_own("institution_path")})


class Migration(migrations.Migration):
    dependencies = [("statistics", "0004_evaluation")]
    operations = [
        migrations.RunSQL(sql.policies(TABLE, read=READ, write=sql.by_kind({"all": "true"})), sql.policies_reverse(TABLE))
    ]
