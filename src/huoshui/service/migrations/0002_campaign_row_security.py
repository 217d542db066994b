"""Who may see grids, campaigns and the firms they are to reach, judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import by_kind, policies, policies_reverse, within_district

READ = f"{within_district('district_code')} AND " + by_kind({"all": "true", "district": "true"})
TABLES = ("service_grid", "service_campaign", "service_target", "service_qualitycheck")


class Migration(migrations.Migration):
    dependencies = [("service", "0001_campaigns")]

    operations = [migrations.RunSQL(policies(table, read=READ), policies_reverse(table)) for table in TABLES]
