"""Who may see and write which demands, cases and loans, judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import (
    DISTRICT,
    EVERYTHING,
    INSTITUTION,
    consented,
    either,
    follows,
    own_firm,
    own_institution,
    policies,
    policies_reverse,
    within_district,
    within_institution,
)

_RANGES = f"{within_district('district_code')} AND {within_institution('bank_path')} AND "
_CASE = _RANGES + either(EVERYTHING, DISTRICT, own_firm("enterprise_id"), own_institution("bank_path"))
# a demand's bank is known from its cases; those know nothing of demands, so the two policies do not ask each other
_AT_BANK = f"{INSTITUTION} AND EXISTS (SELECT FROM financing_referral referral WHERE referral.demand_id = financing_demand.id)"
_PAPERS = either(
    EVERYTHING,
    f"{DISTRICT} AND {follows('registry_enterprise', 'financing_paper.enterprise_id')}",
    own_firm("enterprise_id"),
)

TABLES = {
    "financing_visit": {"read": f"{within_district('district_code')} AND " + either(EVERYTHING, DISTRICT)},
    "financing_demand": {
        "read": f"{within_district('district_code')} AND "
        + either(EVERYTHING, DISTRICT, own_firm("enterprise_id"), _AT_BANK)
    },
    "financing_referral": {"read": _CASE},
    "financing_loan": {"read": _CASE},
    "financing_paper": {"read": either(_PAPERS, consented("financing_paper.enterprise_id")), "write": _PAPERS},
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

# a bank that has a firm's case or loan sees the firm's row in the register even after the consent has ended: it has to
# know whom it lent to. Facts and papers stay closed
KNOWN_BY_CASE = f"""
CREATE POLICY registry_enterprise_by_case ON registry_enterprise FOR SELECT USING (
    {INSTITUTION} AND (
        EXISTS (SELECT FROM financing_referral referral WHERE referral.enterprise_id = registry_enterprise.id)
     OR EXISTS (SELECT FROM financing_loan loan WHERE loan.enterprise_id = registry_enterprise.id)))
"""


class Migration(migrations.Migration):
    dependencies = [("financing", "0001_initial"), ("registry", "0005_row_security"), ("access", "0003_reach")]

    operations = [
        *(migrations.RunSQL(policies(table, **rules), policies_reverse(table)) for table, rules in TABLES.items()),
        migrations.RunSQL(KNOWN_BY_CASE, "DROP POLICY registry_enterprise_by_case ON registry_enterprise"),
    ]
