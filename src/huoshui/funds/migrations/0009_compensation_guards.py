"""What the database refuses of risk compensation (sql/compensation.sql), and who may see which registrations and claims."""

from pathlib import Path

from django.db import migrations

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
        "institution": own_institution("bank_path"),
        "firm": own_firm("enterprise_id"),
    }
)
TABLES = {
    "funds_compensationloan": SEEN,
    "funds_compensationclaim": SEEN,
    "funds_compensationpaper": follows("funds_compensationclaim", "funds_compensationpaper.claim_id"),
    "funds_compensationrecovery": follows("funds_compensationclaim", "funds_compensationrecovery.claim_id"),
}


class Migration(migrations.Migration):
    dependencies = [("funds", "0008_compensation")]

    operations = [
        migrations.RunSQL((SQL / "compensation.sql").read_text(), (SQL / "compensation_reverse.sql").read_text()),
        *(migrations.RunSQL(policies(table, read=read), policies_reverse(table)) for table, read in TABLES.items()),
    ]
