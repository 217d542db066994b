"""Who may see and write which rows of the register, judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import (
    DISTRICT,
    EVERYTHING,
    INSTITUTION,
    consented,
    either,
    follows,
    own_firm,
    policies,
    policies_reverse,
    within_district,
)

# policies of consents and representatives ask for a firm's district past the firm's own policy: that one asks for consents
DISTRICT_OF = """
CREATE FUNCTION registry_in_district(firm bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.registry_enterprise enterprise WHERE enterprise.id = firm
       AND enterprise.district_code >= public.huoshui_district_from()
       AND enterprise.district_code < public.huoshui_district_to())
$$;
"""

# what anybody may know of a firm, whoever asks: the view reads with its owner's rights
PUBLIC_VIEW = """
CREATE VIEW registry_public_enterprise AS
SELECT id, uscc, name, district_code, kind, status, name_initials FROM registry_enterprise WHERE merged_into_id IS NULL;
REVOKE ALL ON registry_public_enterprise FROM PUBLIC;
"""

_LOCAL = f"{DISTRICT} AND registry_in_district(enterprise_id)"
_STAFF = either(EVERYTHING, DISTRICT)


def _written(table: str) -> str:
    of_firm = follows("registry_enterprise", f"{table}.enterprise_id")
    return either(EVERYTHING, f"{DISTRICT} AND {of_firm}", own_firm("enterprise_id"))


def _sheets(table: str) -> dict[str, str]:
    """A bank that sees a firm through a case still sees its facts by consent only."""
    return {"read": either(_written(table), consented(f"{table}.enterprise_id")), "write": _written(table)}


TABLES = {
    "registry_enterprise": {
        "read": f"{within_district('district_code')} AND "
        + either(EVERYTHING, DISTRICT, own_firm("id"), consented("registry_enterprise.id")),
        "write": f"{within_district('district_code')} AND " + either(EVERYTHING, DISTRICT, own_firm("id")),
    },
    "registry_factsheet": _sheets("registry_factsheet"),
    "registry_factsheethistory": _sheets("registry_factsheethistory"),
    "registry_enterprisechange": {"read": _written("registry_enterprisechange")},
    "registry_correction": {"read": _written("registry_correction")},
    "registry_merge": {"read": _STAFF},
    "registry_representative": {
        "read": either(EVERYTHING, _LOCAL, own_firm("enterprise_id"), "person_id = (SELECT huoshui_person())"),
        "write": either(EVERYTHING, _LOCAL, own_firm("enterprise_id")),
    },
    "registry_consent": {
        "read": either(
            EVERYTHING,
            _LOCAL,
            own_firm("enterprise_id"),
            f"{INSTITUTION} AND reader_path = ANY ((SELECT huoshui_paths())::text[])",
            f"{INSTITUTION} AND starts_with(reader_path, (SELECT huoshui_path()))",
        ),
        "write": either(EVERYTHING, _LOCAL, own_firm("enterprise_id")),
    },
}


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_latest_facts"), ("access", "0003_reach")]

    operations = [
        migrations.RunSQL(DISTRICT_OF, "DROP FUNCTION registry_in_district(bigint)"),
        *(migrations.RunSQL(policies(table, **rules), policies_reverse(table)) for table, rules in TABLES.items()),
        migrations.RunSQL(PUBLIC_VIEW, "DROP VIEW registry_public_enterprise"),
    ]
