"""Who may see what follows a decision, groups, invoices and dispatch runs, judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import by_kind, follows, policies, policies_reverse, within_district

OF_DEMAND = "EXISTS (SELECT FROM financing_demand member WHERE member.group_id = financing_demandgroup.id)"
CARED = follows("financing_demand", "financing_aftercare.demand_id")

TABLES = {
    # what the taskforce notes about a refusal is not for banks
    "financing_aftercare": by_kind({"all": "true", "district": CARED, "firm": CARED}),
    "financing_securityregistration": follows("financing_loan", "financing_securityregistration.loan_id"),
    "financing_dispatchrun": f"{within_district('district_code')} AND " + by_kind({"all": "true", "district": "true"}),
    "financing_demandgroup": f"{within_district('district_code')} AND "
    + by_kind({"all": "true", "district": "true", "firm": OF_DEMAND, "institution": OF_DEMAND}),
    "financing_groupcredit": follows("financing_demandgroup", "financing_groupcredit.group_id"),
    "financing_invoice": follows("financing_demand", "financing_invoice.demand_id"),
}


class Migration(migrations.Migration):
    dependencies = [("financing", "0005_care_groups_dispatch")]

    operations = [
        migrations.RunSQL(policies(table, read=read), policies_reverse(table)) for table, read in TABLES.items()
    ]
