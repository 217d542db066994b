"""Who may see and write which demands, cases and loans, judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import (
    by_kind,
    follows,
    own_firm,
    own_institution,
    policies,
    policies_reverse,
    predicate,
    within_district,
    within_institution,
)

# the bound institution has a case or a loan of the firm, or a case of the demand
KNOWN_FIRM = predicate(
    "financing_known_firm",
    "firm",
    "EXISTS (SELECT FROM public.financing_referral referral WHERE referral.enterprise_id = firm"
    f" AND {own_institution('referral.bank_path')})"
    " OR EXISTS (SELECT FROM public.financing_loan loan WHERE loan.enterprise_id = firm"
    f" AND {own_institution('loan.bank_path')})",
)
KNOWN_DEMAND = predicate(
    "financing_known_demand",
    "demand",
    "EXISTS (SELECT FROM public.financing_referral referral WHERE referral.demand_id = demand"
    f" AND {own_institution('referral.bank_path')})",
)
# a bank that has a firm's case or loan sees the firm's row in the register even after the consent has ended: it has to
# know whom it lent to. Facts and papers stay closed
KNOWN_BY_CASE = f"""
CREATE POLICY registry_enterprise_by_case ON registry_enterprise FOR SELECT USING (
    {by_kind({"institution": "financing_known_firm(id)"})})
"""

OWN = own_firm("enterprise_id")
CASE = (
    f"{within_district('district_code')} AND {within_institution('bank_path')} AND "
    + by_kind({"all": "true", "district": "true", "firm": OWN, "institution": own_institution("bank_path")})
)
PAPERS = {"all": "true", "district": "registry_in_district(enterprise_id)", "firm": OWN}

TABLES = {
    "financing_visit": {"read": f"{within_district('district_code')} AND " + by_kind({"all": "true", "district": "true"})},
    "financing_demand": {
        "read": f"{within_district('district_code')} AND "
        + by_kind({"all": "true", "district": "true", "firm": OWN, "institution": "financing_known_demand(id)"})
    },
    "financing_referral": {"read": CASE},
    "financing_loan": {"read": CASE},
    "financing_paper": {
        "read": by_kind({**PAPERS, "institution": "registry_consented(enterprise_id)"}),
        "write": by_kind(PAPERS),
    },
}
PARTS = {
    "demand": ("demandchoice", "standardjudgement", "repairitem", "rating"),
    "referral": ("clock", "paperrequest", "creditdecision"),
    "loan": ("drawdown", "instalment", "repayment"),
}
for whole, parts in PARTS.items():
    for part in parts:
        table = f"financing_{part}"
        TABLES[table] = {"read": follows(f"financing_{whole}", f"{table}.{whole}_id")}


class Migration(migrations.Migration):
    dependencies = [("financing", "0001_initial"), ("registry", "0005_row_security")]

    operations = [
        migrations.RunSQL(KNOWN_FIRM, "DROP FUNCTION financing_known_firm(bigint)"),
        migrations.RunSQL(KNOWN_DEMAND, "DROP FUNCTION financing_known_demand(bigint)"),
        *(migrations.RunSQL(policies(table, **rules), policies_reverse(table)) for table, rules in TABLES.items()),
        migrations.RunSQL(KNOWN_BY_CASE, "DROP POLICY registry_enterprise_by_case ON registry_enterprise"),
    ]
