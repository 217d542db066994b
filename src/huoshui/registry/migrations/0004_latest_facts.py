"""The facts of a firm as one value: sheets laid over one another in the order given, the last one on top."""

from django.db import migrations

LATEST = """
CREATE AGGREGATE registry_latest(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}')
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_search_functions")]

    operations = [migrations.RunSQL(LATEST, reverse_sql="DROP AGGREGATE registry_latest(jsonb)")]
