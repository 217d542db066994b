"""Lists are written once; who sees members and leads is judged by the database itself."""

from django.db import migrations

from huoshui.access.row_security_sql import (
    by_kind,
    own_institution,
    policies,
    policies_reverse,
    within_district,
    within_institution,
)

ONCE = """
CREATE FUNCTION screening_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_written_once';
END $$;
CREATE TRIGGER listrule_written_once BEFORE UPDATE OR DELETE ON screening_listrule
    FOR EACH ROW EXECUTE FUNCTION screening_written_once();
CREATE TRIGGER listedition_written_once BEFORE UPDATE OR DELETE ON screening_listedition
    FOR EACH ROW EXECUTE FUNCTION screening_written_once();

CREATE FUNCTION screening_member_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.until IS NOT NULL OR NEW.until IS NULL
       OR (NEW.id, NEW.definition_id, NEW.enterprise_id, NEW.district_code, NEW.since)
          IS DISTINCT FROM (OLD.id, OLD.definition_id, OLD.enterprise_id, OLD.district_code, OLD.since) THEN
        RAISE EXCEPTION 'a member of a list stays as it was written; only its end is added'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'listmember_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER listmember_only_ends BEFORE UPDATE OR DELETE ON screening_listmember
    FOR EACH ROW EXECUTE FUNCTION screening_member_only_ends();
"""
ONCE_REVERSE = """
DROP TRIGGER listmember_only_ends ON screening_listmember;
DROP FUNCTION screening_member_only_ends();
DROP TRIGGER listedition_written_once ON screening_listedition;
DROP TRIGGER listrule_written_once ON screening_listrule;
DROP FUNCTION screening_written_once();
"""
# a bank sees only what was handed to it; who is on a list is the government's to know
MEMBERS = f"{within_district('district_code')} AND " + by_kind({"all": "true", "district": "true"})
LEADS = f"{within_district('district_code')} AND {within_institution('bank_path')} AND " + by_kind(
    {"all": "true", "district": "true", "institution": own_institution("bank_path")}
)
TABLES = {"screening_listmember": MEMBERS, "screening_lead": LEADS}


class Migration(migrations.Migration):
    dependencies = [("screening", "0002_lists")]
    operations = [
        migrations.RunSQL(ONCE, ONCE_REVERSE),
        *(migrations.RunSQL(policies(table, read=read), policies_reverse(table)) for table, read in TABLES.items()),
    ]
