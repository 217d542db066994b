"""Who may see and write bridge advances, judged by the database itself: the firm, its bank, the district's offices."""

from django.db import migrations

from huoshui.access.row_security_sql import (
    by_kind,
    follows,
    own_firm,
    own_institution,
    policies,
    policies_reverse,
    within_district,
    within_institution,
)

ADVANCE = (
    f"{within_district('district_code')} AND {within_institution('bank_path')} AND "
    + by_kind(
        {
            "all": "true",
            "district": "true",
            "firm": own_firm("enterprise_id"),
            "institution": own_institution("bank_path"),
        }
    )
)
TABLES = {
    "funds_bridgeadvance": ADVANCE,
    "funds_bridgereturn": follows("funds_bridgeadvance", "funds_bridgereturn.advance_id"),
}


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_bridge")]

    operations = [
        migrations.RunSQL(policies(table, read=read), policies_reverse(table)) for table, read in TABLES.items()
    ]
