"""The search by name, part of a name, initials or credit code, as functions that row security does not slow down.

They run with their owner's rights, because a policy on the table would keep LIKE away from the indexes, and because
anybody may look a registered name up. That is safe as they return public columns of the register only.
"""

from django.db import migrations

SEARCH = r"""
CREATE FUNCTION registry_search(words text, latin text, size integer)
RETURNS TABLE (id bigint, uscc varchar, name varchar, district_code varchar, kind varchar, status varchar, tier integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    part text := replace(replace(replace(words, '\', '\\'), '%', '\%'), '_', '\_');
    coded boolean := words ~ '^[0-9A-Za-z]{4,18}$';  -- a step whose condition is constantly false is not even begun
BEGIN
    RETURN QUERY
    WITH found AS (
        (SELECT e.id, 1 AS tier FROM registry_enterprise e WHERE coded AND e.uscc = upper(words))
        UNION ALL
        (SELECT e.id, 2 FROM registry_enterprise e WHERE e.name = words LIMIT 50)
        UNION ALL
        (SELECT e.id, 3 FROM registry_enterprise e WHERE e.name LIKE part || '%' LIMIT 200)
        UNION ALL
        (SELECT e.id, 4 FROM registry_enterprise e
          WHERE length(words) > 1 AND registry_pairs(e.name) @> registry_pairs(words) AND e.name LIKE '%' || part || '%'
          LIMIT 200)
        UNION ALL
        (SELECT e.id, 5 FROM registry_enterprise e WHERE latin <> '' AND e.name_initials LIKE latin || '%' LIMIT 200)
        UNION ALL
        (SELECT e.id, 6 FROM registry_enterprise e
          WHERE length(latin) > 2 AND e.name_initials LIKE '%' || latin || '%' LIMIT 200)
        UNION ALL
        (SELECT e.id, 7 FROM registry_enterprise e WHERE coded AND e.uscc LIKE upper(words) || '%' LIMIT 50)
    ), best AS (SELECT f.id, min(f.tier) AS tier FROM found f GROUP BY f.id)
    SELECT e.id, e.uscc, e.name, e.district_code, e.kind, e.status, b.tier
    FROM best b JOIN registry_enterprise e ON e.id = b.id
    WHERE e.merged_into_id IS NULL
    ORDER BY b.tier, e.status <> 'active', length(e.name), e.name_pinyin, e.id
    LIMIT size;
END $$
"""

MATCH = r"""
CREATE FUNCTION registry_match(words text, latin text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    part text := replace(replace(replace(words, '\', '\\'), '%', '\%'), '_', '\_');
BEGIN
    IF length(words) > 1 THEN
        RETURN QUERY SELECT e.id FROM registry_enterprise e
            WHERE registry_pairs(e.name) @> registry_pairs(words) AND e.name LIKE '%' || part || '%';
    ELSE
        RETURN QUERY SELECT e.id FROM registry_enterprise e WHERE e.name LIKE part || '%';
    END IF;
    IF words ~ '^[0-9A-Za-z]{4,18}$' THEN
        RETURN QUERY SELECT e.id FROM registry_enterprise e WHERE e.uscc LIKE upper(words) || '%';
    END IF;
    IF latin <> '' THEN
        RETURN QUERY SELECT e.id FROM registry_enterprise e WHERE e.name_initials LIKE latin || '%';
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_search_merge_correction")]

    operations = [
        migrations.RunSQL(SEARCH, reverse_sql="DROP FUNCTION registry_search(text, text, integer)"),
        migrations.RunSQL(MATCH, reverse_sql="DROP FUNCTION registry_match(text, text)"),
    ]
