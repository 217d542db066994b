"""What the database refuses of payments (sql/paying.sql), and who may see which of them."""

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
OWN_LINE = "EXISTS (SELECT FROM funds_paymentline line WHERE line.order_id = funds_paymentorder.id)"
OF_FUND = "EXISTS (SELECT FROM funds_fund fund WHERE fund.id = funds_paymentfile.fund_id AND {})".format(
    within_district("fund.district_code")
)
OWN_OFFICE = (
    "EXISTS (SELECT FROM access_organisation office WHERE office.id = funds_payeeaccount.organisation_id AND "
    f"{own_institution('office.path')})"
)

TABLES = {
    # lines never ask their payment: it asks them, and policies must not ask each other in circles
    "funds_paymentline": by_kind(
        {
            "all": "true",
            "district": HERE,
            "firm": own_firm("enterprise_id"),
            "institution": own_institution("bank_path"),
        }
    ),
    "funds_paymentorder": by_kind(
        {
            "all": "true",
            "district": HERE,
            "firm": f"{own_firm('enterprise_id')} OR {OWN_LINE}",
            "institution": own_institution("bank_path"),
        }
    ),
    "funds_payeeaccount": by_kind(
        {
            "all": "true",
            "district": "organisation_id IS NOT NULL OR registry_in_district(enterprise_id)",
            "firm": own_firm("enterprise_id"),
            "institution": f"{OWN_OFFICE} OR financing_known_firm(enterprise_id)",
        }
    ),
    "funds_paymentfile": by_kind({"all": "true", "district": OF_FUND}),
    "funds_statement": by_kind({"all": "true", "district": HERE}),
    "funds_statementline": follows("funds_statement", "funds_statementline.statement_id"),
    "funds_statementmatch": follows("funds_statementline", "funds_statementmatch.line_id"),
}


class Migration(migrations.Migration):
    dependencies = [("funds", "0003_paying"), ("financing", "0002_row_security")]

    operations = [
        migrations.RunSQL((SQL / "paying.sql").read_text(), (SQL / "paying_reverse.sql").read_text()),
        *(migrations.RunSQL(policies(table, read=read), policies_reverse(table)) for table, read in TABLES.items()),
    ]
