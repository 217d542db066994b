-- The chain of events. Kept in step with chain.py, which computes the same digest from the same bytes.

-- the event as bytes: each field as text, led by its length and followed by a comma, so that no two events share bytes
CREATE FUNCTION audit_canonical(event audit_event) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT convert_to(string_agg(octet_length(convert_to(part, 'UTF8')) || ':' || part || ',', '' ORDER BY place), 'UTF8')
      FROM unnest(ARRAY[
        event.id::text, to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), event.kind,
        event.actor_id, event.actor_name, event.acting_for, event.subject_type, event.subject_id, event.topic,
        event.facts::text, event.reason, event.rule_version, event.request_id
      ]) WITH ORDINALITY AS parts (part, place)
$$;

-- runs at commit, with the owner's rights: the role that serves pages cannot write a link. The lock gives one order to
-- all events; it is taken last and held until the commit is done, so transactions wait for a moment and never for each other
CREATE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_seq bigint;
    last_digest bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(4207849484);
    SELECT seq, digest INTO last_seq, last_digest FROM public.audit_link ORDER BY seq DESC LIMIT 1;
    last_digest := coalesce(last_digest, decode(repeat('00', 32), 'hex'));
    INSERT INTO public.audit_link (seq, event_id, previous, digest)
    VALUES (coalesce(last_seq, 0) + 1, NEW.id, last_digest, sha256(last_digest || public.audit_canonical(NEW)));
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_event_chained AFTER INSERT ON audit_event
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();

CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_append_only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_link_kept BEFORE UPDATE OR DELETE ON audit_link
FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_event_not_emptied BEFORE TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_link_not_emptied BEFORE TRUNCATE ON audit_link
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

-- events from before the chain was installed come first, in the order they were written
INSERT INTO audit_link (seq, event_id, previous, digest)
WITH RECURSIVE numbered AS (
    SELECT event, row_number() OVER (ORDER BY (event).id) AS seq FROM audit_event event
), chained AS (
    SELECT seq, (event).id AS event_id, decode(repeat('00', 32), 'hex') AS previous,
           sha256(decode(repeat('00', 32), 'hex') || audit_canonical(event)) AS digest
      FROM numbered WHERE seq = 1
    UNION ALL
    SELECT numbered.seq, (numbered.event).id, chained.digest, sha256(chained.digest || audit_canonical(numbered.event))
      FROM chained JOIN numbered ON numbered.seq = chained.seq + 1
)
SELECT seq, event_id, previous, digest FROM chained;
