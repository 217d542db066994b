"""A policy value is in force from midnight of the city, not of Greenwich."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION catalogue_parameter_value_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_from > {today} THEN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END IF;
    RAISE EXCEPTION 'policy value % has been in force since % and is kept', OLD.path, OLD.valid_from
        USING ERRCODE = 'check_violation', CONSTRAINT = 'parameter_value_frozen';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_triggers")]
    operations = [
        migrations.RunSQL(
            FUNCTION.format(today="(CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Shanghai')::date"),
            FUNCTION.format(today="CURRENT_DATE"),
        )
    ]
