"""No loan-day subsidised twice, lines as they were computed (sql/subsidy.sql), and who may see which claims."""

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
HERE = within_district("district_code")
OWN_LINE = "EXISTS (SELECT FROM funds_subsidyline line WHERE line.claim_id = funds_subsidyclaim.id)"
SEEN = {"all": "true", "district": HERE, "institution": own_institution("bank_path")}

TABLES = {
    # lines never ask their claim: it asks them
    "funds_subsidyline": by_kind({**SEEN, "firm": own_firm("enterprise_id")}),
    "funds_subsidyclaim": by_kind({**SEEN, "firm": f"{own_firm('enterprise_id')} OR {OWN_LINE}"}),
    "funds_subsidyrecall": follows("funds_subsidyline", "funds_subsidyrecall.line_id"),
}


class Migration(migrations.Migration):
    dependencies = [("funds", "0005_subsidy")]

    operations = [
        migrations.RunSQL((SQL / "subsidy.sql").read_text(), (SQL / "subsidy_reverse.sql").read_text()),
        *(migrations.RunSQL(policies(table, read=read), policies_reverse(table)) for table, read in TABLES.items()),
    ]
