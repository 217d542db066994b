"""What is frozen stays: its contents, number and people cannot be changed or removed by anybody."""

from django.db import migrations

GUARD = """
CREATE FUNCTION statistics_bulletin_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a frozen bulletin stays' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'bulletin_frozen_stays';
    END IF;
    IF (NEW.content, NEW.digest, NEW.year, NEW.number, NEW.revision, NEW.template, NEW.kind, NEW.start, NEW.last,
        NEW.note, NEW.excluded, NEW.differences, NEW.frozen_at, NEW.frozen_by_id, NEW.drafted_by_id)
       IS DISTINCT FROM
       (OLD.content, OLD.digest, OLD.year, OLD.number, OLD.revision, OLD.template, OLD.kind, OLD.start, OLD.last,
        OLD.note, OLD.excluded, OLD.differences, OLD.frozen_at, OLD.frozen_by_id, OLD.drafted_by_id)
       OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at) THEN
        RAISE EXCEPTION 'a frozen bulletin stays as it is' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'bulletin_frozen_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER statistics_bulletin_stays BEFORE UPDATE OR DELETE ON statistics_bulletin
    FOR EACH ROW EXECUTE FUNCTION statistics_bulletin_stays();
"""
REVERSE = """
DROP TRIGGER statistics_bulletin_stays ON statistics_bulletin;
DROP FUNCTION statistics_bulletin_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("statistics", "0002_bulletins")]
    operations = [migrations.RunSQL(GUARD, REVERSE)]
