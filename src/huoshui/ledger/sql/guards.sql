-- The guards of the books. Messages start with the guard's name, which the error map turns into words for people.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger_append_only: % on % is refused; correct with a counter-posting', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_link
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER no_removal BEFORE DELETE OR TRUNCATE ON ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER no_removal BEFORE DELETE OR TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER no_removal BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- An account keeps its book, side and guard for life; its balance row is made with it.
CREATE FUNCTION ledger_account_opened() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO ledger_balance (account_id, side, guarded, amount, held)
    VALUES (NEW.id, CASE NEW.side WHEN 'debit' THEN 1 ELSE -1 END, NEW.guarded, 0, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER opened AFTER INSERT ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_opened();

CREATE FUNCTION ledger_account_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.book_id, NEW.code, NEW.side, NEW.guarded) IS DISTINCT FROM (OLD.book_id, OLD.code, OLD.side, OLD.guarded) THEN
        RAISE EXCEPTION 'ledger_account_fixed: account % keeps its book, code, side and guard', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fixed BEFORE UPDATE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_fixed();

-- Postings and entries arrive in one statement, so these set-based checks see both when the statement ends.
CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    bad record;
BEGIN
    PERFORM 1 FROM ledger_book WHERE id IN (SELECT book_id FROM fresh) ORDER BY id FOR SHARE;

    SELECT fresh.source, fresh.posted_on, book.closed_through INTO bad
      FROM fresh JOIN ledger_book book ON book.id = fresh.book_id
     WHERE fresh.posted_on <= book.closed_through LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger_period_closed: % is dated %, the books are closed through %',
            bad.source, bad.posted_on, bad.closed_through USING ERRCODE = 'restrict_violation';
    END IF;

    -- LATERAL: one index look-up a posting, however large the books have grown
    SELECT fresh.source, seen.found, fresh.lines, seen.total INTO bad
      FROM fresh CROSS JOIN LATERAL (
        SELECT count(*) AS found, coalesce(sum(entry.amount), 0) AS total,
               bool_or(entry.posted_on <> fresh.posted_on) AS other_day,
               bool_or((SELECT account.book_id FROM ledger_account account WHERE account.id = entry.account_id)
                       <> fresh.book_id) AS other_book
          FROM ledger_entry entry WHERE entry.posting_id = fresh.id) seen
     WHERE seen.found <> fresh.lines OR seen.total <> 0 OR seen.other_day OR seen.other_book
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger_unbalanced: % has % of % lines, its sum is % fen, or a line is of another book or day',
            bad.source, bad.found, bad.lines, bad.total USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT fresh.source INTO bad FROM fresh
     WHERE fresh.reverses_id IS NOT NULL AND EXISTS (
        SELECT account_id, sum(amount) FROM ledger_entry
         WHERE posting_id IN (fresh.id, fresh.reverses_id) GROUP BY account_id HAVING sum(amount) <> 0)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger_reversal_differs: % does not undo the posting it names', bad.source
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER checked AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

-- A line beyond those the posting declared is refused, so nothing slips into an old posting; balances follow the lines.
CREATE FUNCTION ledger_book_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    bad record;
BEGIN
    SELECT fresh.posting_id, fresh.line INTO bad FROM fresh
     WHERE fresh.line < 1
        OR fresh.line > (SELECT posting.lines FROM ledger_posting posting WHERE posting.id = fresh.posting_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger_posting_sealed: posting % has no line %', bad.posting_id, bad.line
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- always in the order of the accounts: two postings that meet wait for each other, never in a circle
    PERFORM 1 FROM ledger_balance WHERE account_id IN (SELECT account_id FROM fresh) ORDER BY account_id FOR UPDATE;
    UPDATE ledger_balance balance SET amount = balance.amount + moved.amount
      FROM (SELECT account_id, sum(amount)::bigint AS amount FROM fresh GROUP BY account_id) moved
     WHERE balance.account_id = moved.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER booked AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_book_entries();

-- Holds count against the balance from the moment they exist until they end; only their end may be written.
CREATE FUNCTION ledger_hold_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'ledger_hold_starts_open: % starts as %', NEW.source, NEW.state
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        UPDATE ledger_balance SET held = held + NEW.amount WHERE account_id = NEW.account_id;
        RETURN NULL;
    END IF;
    IF OLD.state <> 'open' OR NEW.state = 'open'
       OR (NEW.account_id, NEW.source, NEW.amount, NEW.created_at)
          IS DISTINCT FROM (OLD.account_id, OLD.source, OLD.amount, OLD.created_at) THEN
        RAISE EXCEPTION 'ledger_hold_ends_once: % is % and may only end once', OLD.source, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE ledger_balance SET held = held - NEW.amount WHERE account_id = NEW.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER guarded AFTER INSERT OR UPDATE ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_hold_guard();

-- A book's closed period only grows.
CREATE FUNCTION ledger_book_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.code <> OLD.code OR NEW.closed_through < OLD.closed_through
       OR (OLD.closed_through IS NOT NULL AND NEW.closed_through IS NULL) THEN
        RAISE EXCEPTION 'ledger_period_stays_closed: book % is closed through %', OLD.code, OLD.closed_through
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fixed BEFORE UPDATE ON ledger_book FOR EACH ROW EXECUTE FUNCTION ledger_book_fixed();

-- The text that is hashed: every field of the posting, then its lines in order.
CREATE FUNCTION ledger_canonical(wanted bigint) RETURNS text LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT concat_ws(E'\x1f', posting.id, posting.book_id, posting.source, posting.posted_on,
                     (extract(epoch FROM posting.recorded_at) * 1000000)::bigint, posting.text, posting.lines,
                     coalesce(posting.reverses_id, 0), posting.reason, posting.actor_id,
                     (SELECT string_agg(entry.line || ':' || entry.account_id || ':' || entry.amount, ',' ORDER BY entry.line)
                        FROM ledger_entry entry WHERE entry.posting_id = posting.id))
      FROM ledger_posting posting WHERE posting.id = wanted
$$;

-- Chained when the transaction commits: the lock on the book's chain is held for a moment, not for the transaction.
CREATE FUNCTION ledger_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    last_seq bigint := 0;
    last_digest bytea := decode(repeat('00', 32), 'hex');
BEGIN
    PERFORM pg_advisory_xact_lock(7301, NEW.book_id::int);
    SELECT seq, digest INTO last_seq, last_digest FROM ledger_link
     WHERE book_id = NEW.book_id ORDER BY seq DESC LIMIT 1;
    IF NOT FOUND THEN
        last_seq := 0;
        last_digest := decode(repeat('00', 32), 'hex');
    END IF;
    INSERT INTO ledger_link (book_id, seq, posting_id, previous, digest)
    VALUES (NEW.book_id, last_seq + 1, NEW.id, last_digest,
            sha256(last_digest || convert_to(ledger_canonical(NEW.id), 'UTF8')));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER chained AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_chain();

-- One statement a posting: n postings with their lines, given as parallel arrays, and the event that records them.
-- Returns the ids of the new ones, by ordinal; a source that is already in the books yields no row. Being one statement
-- it needs no transaction around it: one journey to the server instead of four.
CREATE FUNCTION ledger_post(
    book bigint, sources text[], days date[], texts text[], reverse bigint[], reasons text[],
    line_of int[], line_no smallint[], accounts bigint[], amounts bigint[],
    moment timestamptz, actor text, actor_name text, acting_for text, request text
) RETURNS TABLE (ordinal int, id bigint) LANGUAGE plpgsql
    SET search_path = public SET enable_nestloop = off -- one cached plan serves one posting and ten thousand
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH given AS (
        SELECT n::int AS n, source, day, said, undoes, why
          FROM unnest(sources, days, texts, reverse, reasons) WITH ORDINALITY AS t(source, day, said, undoes, why, n)
    ), line AS (
        SELECT * FROM unnest(line_of, line_no, accounts, amounts) AS t(n, no, account, amount)
    ), counted AS (
        SELECT n, count(*)::smallint AS lines, sum(amount) FILTER (WHERE amount > 0) AS moved FROM line GROUP BY n
    ), made AS (
        INSERT INTO ledger_posting (book_id, source, posted_on, text, lines, reverses_id, reason, actor_id)
        SELECT book, source, day, said, coalesce(lines, 0), undoes, coalesce(why, ''), actor
          FROM given LEFT JOIN counted USING (n) ORDER BY n
        ON CONFLICT (source) DO NOTHING
        RETURNING ledger_posting.id, source, posted_on
    ), lined AS (
        INSERT INTO ledger_entry (posting_id, line, account_id, amount, posted_on)
        SELECT made.id, line.no, line.account, line.amount, made.posted_on
          FROM made JOIN given USING (source) JOIN line ON line.n = given.n
    ), noted AS (
        INSERT INTO audit_event (at, kind, actor_id, actor_name, acting_for, subject_type, subject_id, topic, facts,
                                 reason, rule_version, request_id)
        SELECT moment, 'LEDGER_POSTED', actor, actor_name, acting_for, 'book', book::text, '',
               jsonb_build_object('postings', count(*), 'first', (array_agg(source ORDER BY given.n))[1],
                                  'moved', sum(moved), 'ids', jsonb_build_array(min(made.id), max(made.id))),
               coalesce(max(why), ''), '', request
          FROM made JOIN given USING (source) JOIN counted USING (n) HAVING count(*) > 0
    )
    SELECT given.n, made.id FROM made JOIN given USING (source) ORDER BY given.n;
END $$;
