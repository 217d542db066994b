"""A list is filtered by initials from the middle of a name too, as the search finds them: nobody types 太原 first."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("huoshui.registry.migrations.0003_search_functions").MATCH.replace("CREATE ", "CREATE OR REPLACE ")
START = "RETURN QUERY SELECT e.id FROM registry_enterprise e WHERE e.name_initials LIKE latin || '%';"
INSIDE = """IF length(latin) > 2 THEN
            RETURN QUERY SELECT e.id FROM registry_enterprise e WHERE e.name_initials LIKE '%' || latin || '%';
        ELSE
            RETURN QUERY SELECT e.id FROM registry_enterprise e WHERE e.name_initials LIKE latin || '%';
        END IF;"""
assert START in BEFORE


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_consent_to_the_platform")]

    operations = [migrations.RunSQL(BEFORE.replace(START, INSIDE), BEFORE)]
