"""What the database itself refuses: changing decided terms, two sets of terms for one day, policy values in use."""

from django.db import migrations

FROZEN = """
CREATE FUNCTION catalogue_product_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE may_change text[] := ARRAY['version', 'valid_to', 'state', 'withdrawn_on'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'draft' THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'product version % was submitted and stays on record', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'product_version_kept';
    END IF;
    IF OLD.state IN ('draft', 'submitted') THEN RETURN NEW; END IF;
    IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change
       OR (NEW.state <> OLD.state AND NOT (OLD.state = 'approved' AND NEW.state = 'withdrawn'))
       OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to
           AND (OLD.state <> 'approved' OR NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to))
       OR (OLD.state <> 'approved' AND NEW.withdrawn_on IS DISTINCT FROM OLD.withdrawn_on) THEN
        RAISE EXCEPTION 'product version % is decided and its terms are fixed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'product_version_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER product_version_frozen BEFORE UPDATE OR DELETE ON catalogue_productversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_product_version_frozen();

CREATE FUNCTION catalogue_programme_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE may_change text[] := ARRAY['version', 'valid_to', 'state'];
BEGIN
    IF OLD.state = 'draft' THEN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END IF;
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change
       OR (NEW.state <> OLD.state AND NOT (OLD.state = 'published' AND NEW.state = 'ended'))
       OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN
        RAISE EXCEPTION 'programme version % is published and its rules are fixed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'programme_version_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programme_version_frozen BEFORE UPDATE OR DELETE ON catalogue_programmeversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_programme_version_frozen();

CREATE FUNCTION catalogue_parameter_value_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_from > CURRENT_DATE THEN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END IF;
    RAISE EXCEPTION 'policy value % has been in force since % and is kept', OLD.path, OLD.valid_from
        USING ERRCODE = 'check_violation', CONSTRAINT = 'parameter_value_frozen';
END $$;
CREATE TRIGGER parameter_value_frozen BEFORE UPDATE OR DELETE ON catalogue_parametervalue
    FOR EACH ROW EXECUTE FUNCTION catalogue_parameter_value_frozen();
"""

UNFROZEN = """
DROP TRIGGER parameter_value_frozen ON catalogue_parametervalue;
DROP FUNCTION catalogue_parameter_value_frozen();
DROP TRIGGER programme_version_frozen ON catalogue_programmeversion;
DROP FUNCTION catalogue_programme_version_frozen();
DROP TRIGGER product_version_frozen ON catalogue_productversion;
DROP FUNCTION catalogue_product_version_frozen();
"""

# a range of one number stands for equality, so that plain GiST does without another extension
APART = """
ALTER TABLE catalogue_productversion ADD CONSTRAINT product_version_apart
    EXCLUDE USING gist (int8range(product_id, product_id, '[]') WITH &&,
                        daterange(valid_from, valid_to, '[]') WITH &&) WHERE (state = 'approved');
ALTER TABLE catalogue_programmeversion ADD CONSTRAINT programme_version_apart
    EXCLUDE USING gist (int8range(programme_id, programme_id, '[]') WITH &&,
                        daterange(valid_from, valid_to, '[]') WITH &&) WHERE (state = 'published');
"""

TOGETHER = """
ALTER TABLE catalogue_programmeversion DROP CONSTRAINT programme_version_apart;
ALTER TABLE catalogue_productversion DROP CONSTRAINT product_version_apart;
"""

STAMPED = {
    "catalogue_parametervalue": "parameters",
    "catalogue_calendarday": "calendar",
    "catalogue_calendaryear": "calendar",
    "catalogue_referencerate": "rates",
    "catalogue_product": "products",
    "catalogue_productversion": "products",
    "catalogue_institution": "products",
    "catalogue_branch": "branches",
    "catalogue_programme": "programmes",
    "catalogue_programmeversion": "programmes",
    "catalogue_repairmeasure": "repairs",
}

STAMP_FUNCTION = """
CREATE FUNCTION catalogue_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalogue_stamp (subject, mark) VALUES (TG_ARGV[0], gen_random_uuid())
        ON CONFLICT (subject) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NULL;
END $$;
"""


def _stamp(table: str, subject: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION catalogue_stamp('{subject}')",
        f"DROP TRIGGER {table}_stamp ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_guards")]

    operations = [
        migrations.RunSQL(FROZEN, UNFROZEN),
        migrations.RunSQL(APART, TOGETHER),
        migrations.RunSQL(STAMP_FUNCTION, "DROP FUNCTION catalogue_stamp()"),
        *(_stamp(table, subject) for table, subject in STAMPED.items()),
    ]
