"""Who may see complaints, attendances and turns at the hall, judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import by_kind, own_firm, own_institution, policies, policies_reverse

OFFICE = "starts_with(district_code, current_setting('huoshui.district', true))"
# a bank reads what is said about it once somebody has taken the matter up
ABOUT = f"target_path <> '' AND state NOT IN ('evidence', 'received') AND {own_institution('target_path')}"
READS = {
    "service_complaint": {"all": "true", "district": OFFICE, "institution": ABOUT, "firm": own_firm("enterprise_id")},
    "service_attendance": {"all": "true", "district": OFFICE, "firm": own_firm("enterprise_id")},
    "service_ticket": {"all": "true", "firm": own_firm("enterprise_id")},
    "service_quarterneed": {"all": "true", "district": OFFICE},
}


class Migration(migrations.Migration):
    dependencies = [("service", "0004_complaints_events_hall")]

    operations = [
        migrations.RunSQL(policies(table, read=by_kind(arms)), policies_reverse(table)) for table, arms in READS.items()
    ]
