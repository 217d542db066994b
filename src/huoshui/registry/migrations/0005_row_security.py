"""Who may see and write which rows of the register, judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import (
    above_or_own,
    by_kind,
    follows,
    own_firm,
    own_institution,
    own_person,
    policies,
    policies_reverse,
    predicate,
    within_district,
)

IN_DISTRICT = predicate(
    "registry_in_district",
    "firm",
    "EXISTS (SELECT FROM public.registry_enterprise enterprise WHERE enterprise.id = firm"
    f" AND {within_district('enterprise.district_code')})",
)
# the firm lets the bound institution, or one above it, read about it today
CONSENTED = predicate(
    "registry_consented",
    "firm",
    "EXISTS (SELECT FROM public.registry_consent consent WHERE consent.enterprise_id = firm"
    f" AND consent.withdrawn_at IS NULL AND {above_or_own('consent.reader_path')}"
    " AND consent.until >= (now() AT TIME ZONE 'Asia/Shanghai')::date)",
)
# what anybody may know of a firm, whoever asks: the view reads with its owner's rights
PUBLIC_VIEW = """
CREATE VIEW registry_public_enterprise AS
SELECT id, uscc, name, district_code, kind, status, name_initials FROM registry_enterprise WHERE merged_into_id IS NULL;
"""

LOCAL = "registry_in_district(enterprise_id)"
OWN = own_firm("enterprise_id")


def _written(table: str) -> dict[str, str]:
    of_firm = follows("registry_enterprise", f"{table}.enterprise_id")
    return {"all": "true", "district": of_firm, "firm": OWN}


def _sheets(table: str) -> dict[str, str]:
    """A bank that sees a firm through a case still sees its facts by consent only."""
    written = _written(table)
    return {"read": by_kind({**written, "institution": "registry_consented(enterprise_id)"}), "write": by_kind(written)}


_FIRM = {"all": "true", "district": "true", "firm": own_firm("id")}
_BY_SPEAKER = {"all": "true", "district": LOCAL, "firm": OWN}
TABLES = {
    "registry_enterprise": {
        "read": f"{within_district('district_code')} AND " + by_kind({**_FIRM, "institution": "registry_consented(id)"}),
        "write": f"{within_district('district_code')} AND " + by_kind(_FIRM),
    },
    "registry_factsheet": _sheets("registry_factsheet"),
    "registry_factsheethistory": _sheets("registry_factsheethistory"),
    "registry_enterprisechange": {"read": by_kind(_written("registry_enterprisechange"))},
    "registry_correction": {"read": by_kind(_written("registry_correction"))},
    "registry_merge": {"read": by_kind({"all": "true", "district": "true"})},
    "registry_representative": {
        "read": f"{own_person('person_id')} OR " + by_kind(_BY_SPEAKER),
        "write": by_kind(_BY_SPEAKER),
    },
    "registry_consent": {
        "read": by_kind(
            {**_BY_SPEAKER, "institution": f"{above_or_own('reader_path')} OR {own_institution('reader_path')}"}
        ),
        "write": by_kind(_BY_SPEAKER),
    },
}


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_latest_facts"), ("access", "0002_people_codes_parked")]

    operations = [
        migrations.RunSQL(IN_DISTRICT, "DROP FUNCTION registry_in_district(bigint)"),
        migrations.RunSQL(CONSENTED, "DROP FUNCTION registry_consented(bigint)"),
        *(migrations.RunSQL(policies(table, **rules), policies_reverse(table)) for table, rules in TABLES.items()),
        migrations.RunSQL(PUBLIC_VIEW, "DROP VIEW registry_public_enterprise"),
    ]
