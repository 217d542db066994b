"""What a page of a list narrows by stands in the member itself; the row policy lets the planner guess well."""

from django.db import migrations, models

from huoshui.access.row_security_sql import by_kind, policies, policies_reverse, within_district

TABLE = "screening_listmember"
FILL = f"""
ALTER TABLE {TABLE} DISABLE TRIGGER listmember_only_ends;
UPDATE {TABLE} m SET industry_code = e.industry_code, size_class = coalesce(e.size_class, '')
FROM registry_enterprise e WHERE e.id = m.enterprise_id;
ALTER TABLE {TABLE} ENABLE TRIGGER listmember_only_ends;
"""
ONLY_ENDS = """
CREATE OR REPLACE FUNCTION screening_member_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.until IS NOT NULL OR NEW.until IS NULL
       OR (NEW.id, NEW.definition_id, NEW.enterprise_id, {columns}, NEW.since)
          IS DISTINCT FROM (OLD.id, OLD.definition_id, OLD.enterprise_id, {old}, OLD.since) THEN
        RAISE EXCEPTION 'a member of a list stays as it was written; only its end is added'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'listmember_only_ends';
    END IF;
    RETURN NEW;
END $$;
"""


def _only_ends(*columns: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return ONLY_ENDS.replace("{columns}", new).replace("{old}", old)


# the range stands inside the CASE: outside it the planner takes it for one row in two hundred, and then sorts half a
# million members to show fifty
READ = by_kind({"all": "true", "district": within_district("district_code")})
BEFORE = f"{within_district('district_code')} AND " + by_kind({"all": "true", "district": "true"})


def _exchange(read: str) -> str:
    return policies_reverse(TABLE) + policies(TABLE, read=read)


class Migration(migrations.Migration):
    dependencies = [("screening", "0004_list_changes"), ("registry", "0005_row_security")]
    operations = [
        migrations.AddField(
            "listmember", "industry_code", models.CharField(blank=True, default="", max_length=5), preserve_default=True
        ),
        migrations.AddField(
            "listmember", "size_class", models.CharField(blank=True, default="", max_length=8), preserve_default=True
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            _only_ends("district_code", "industry_code", "size_class"), _only_ends("district_code")
        ),
        migrations.RunSQL(_exchange(READ), _exchange(BEFORE)),
        migrations.AddIndex("listmember", models.Index(fields=["definition", "id"], name="listmember_in_order")),
    ]
