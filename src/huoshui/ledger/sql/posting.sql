-- The guards of postings, set by set: a posting and its lines cost a few look-ups together, not a check of a key each.
-- What a foreign key would say of book, account and posting is said here; none of the three can be removed or renumbered:
-- postings and accounts never go, and a book that has accounts cannot.

CREATE OR REPLACE FUNCTION ledger_account_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.book_id, NEW.code, NEW.side, NEW.guarded)
       IS DISTINCT FROM (OLD.id, OLD.book_id, OLD.code, OLD.side, OLD.guarded) THEN
        RAISE EXCEPTION 'ledger_account_fixed: account % keeps its book, code, side and guard', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- Postings and entries arrive in one statement, so these checks see both when the statement ends. Entries are read by
-- their range of postings: one walk of the index, however large the books have grown. The plan is made once, and by
-- index, since the planner would make it anew each time for a range, or keep one that it made for empty books.
CREATE OR REPLACE FUNCTION ledger_check_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
    low bigint;
    high bigint;
    undoing boolean;
    books bigint[];
    of_book bigint;
    closed date;
    bad record;
BEGIN
    SELECT min(id), max(id), bool_or(reverses_id IS NOT NULL), array_agg(DISTINCT book_id)
      INTO low, high, undoing, books FROM fresh;

    FOREACH of_book IN ARRAY coalesce(books, '{}') LOOP -- in order of their ids, as every posting takes them
        SELECT closed_through INTO closed FROM ledger_book WHERE id = of_book FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'ledger_book_unknown: there is no book %', of_book
                USING ERRCODE = 'foreign_key_violation';
        END IF;
        IF closed IS NOT NULL THEN
            SELECT source, posted_on INTO bad FROM fresh WHERE book_id = of_book AND posted_on <= closed LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'ledger_period_closed: % is dated %, the books are closed through %',
                    bad.source, bad.posted_on, closed USING ERRCODE = 'restrict_violation';
            END IF;
        END IF;
    END LOOP;

    SELECT fresh.source, seen.found, fresh.lines, seen.total INTO bad
      FROM fresh LEFT JOIN (
        SELECT posting_id, count(*) AS found, sum(amount) AS total
          FROM ledger_entry WHERE posting_id BETWEEN low AND high GROUP BY posting_id) seen ON seen.posting_id = fresh.id
     WHERE seen.found IS DISTINCT FROM fresh.lines OR seen.total <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger_unbalanced: % has % of % lines, its sum is % fen',
            bad.source, coalesce(bad.found, 0), bad.lines, coalesce(bad.total, 0)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    IF undoing THEN
        SELECT fresh.source INTO bad FROM fresh
         WHERE fresh.reverses_id IS NOT NULL AND EXISTS (
            SELECT account_id FROM ledger_entry
             WHERE posting_id IN (fresh.id, fresh.reverses_id) GROUP BY account_id HAVING sum(amount) <> 0)
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'ledger_reversal_differs: % does not undo the posting it names', bad.source
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER checked AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

-- A line beyond those the posting declared is refused, so nothing slips into an old posting; so is one of another book or
-- day. Balances follow the lines, always in the order of the accounts: two postings that meet wait for each other, never
-- in a circle.
CREATE OR REPLACE FUNCTION ledger_book_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
    low bigint;
    high bigint;
    moved record;
BEGIN
    SELECT min(posting_id), max(posting_id) INTO low, high FROM fresh;
    FOR moved IN
        SELECT fresh.account_id AS account, sum(fresh.amount) AS amount,
               min(posting.book_id) AS book, max(posting.book_id) AS other_book,
               bool_and(coalesce(fresh.line BETWEEN 1 AND posting.lines, false)) AS has_room,
               bool_and(fresh.posted_on = posting.posted_on) AS same_day, max(fresh.posting_id) AS last
          FROM fresh LEFT JOIN (SELECT id, book_id, posted_on, lines FROM ledger_posting WHERE id BETWEEN low AND high)
                     posting ON posting.id = fresh.posting_id
         GROUP BY fresh.account_id ORDER BY fresh.account_id
    LOOP
        IF NOT moved.has_room THEN
            RAISE EXCEPTION 'ledger_posting_sealed: a posting up to % has no such line', moved.last
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        UPDATE ledger_balance SET amount = amount + moved.amount::bigint
         WHERE account_id = moved.account AND moved.same_day AND moved.book = moved.other_book
           AND (SELECT book_id FROM ledger_account WHERE id = moved.account) = moved.book;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'ledger_unbalanced: a line of account % is of another book or day', moved.account
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER booked AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_book_entries();

-- The text that is hashed: every field of the posting, then its lines in order.
CREATE OR REPLACE FUNCTION ledger_text(posting ledger_posting, lines text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws(E'\x1f', posting.id, posting.book_id, posting.source, posting.posted_on,
                     (extract(epoch FROM posting.recorded_at) * 1000000)::bigint, posting.text, posting.lines,
                     coalesce(posting.reverses_id, 0), posting.reason, posting.actor_id, lines)
$$;

CREATE OR REPLACE FUNCTION ledger_canonical(wanted bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT ledger_text(posting, (
        SELECT string_agg(entry.line || ':' || entry.account_id || ':' || entry.amount, ',' ORDER BY entry.line)
          FROM ledger_entry entry WHERE entry.posting_id = posting.id))
      FROM ledger_posting posting WHERE posting.id = wanted
$$;

-- Links every posting of the book from one on that has no link yet: those of this transaction, for those of others can be
-- seen only once they are linked. Look-ups by index whatever the planner thinks of tables that have just grown.
CREATE OR REPLACE FUNCTION ledger_link_from(book bigint, start bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    last_seq bigint;
    first_seq bigint;
    last_digest bytea;
    digests bytea[];
    ids bigint[];
    said record;
BEGIN
    PERFORM pg_advisory_xact_lock(7301, book::int);
    SELECT seq, digest INTO last_seq, last_digest FROM ledger_link WHERE book_id = book ORDER BY seq DESC LIMIT 1;
    first_seq := coalesce(last_seq, 0);
    digests := ARRAY[coalesce(last_digest, decode(repeat('00', 32), 'hex'))];
    last_digest := digests[1];
    FOR said IN
        SELECT posting.id, ledger_text(posting, (
                SELECT string_agg(entry.line || ':' || entry.account_id || ':' || entry.amount, ',' ORDER BY entry.line)
                  FROM ledger_entry entry WHERE entry.posting_id = posting.id)) AS content
          FROM ledger_posting posting
         WHERE posting.id >= start AND posting.book_id = book
           AND NOT EXISTS (SELECT FROM ledger_link link WHERE link.posting_id = posting.id)
         ORDER BY posting.id
    LOOP
        last_digest := sha256(last_digest || convert_to(said.content, 'UTF8'));
        ids := ids || said.id;
        digests := digests || last_digest;
    END LOOP;
    INSERT INTO ledger_link (book_id, seq, posting_id, previous, digest)
    SELECT book, first_seq + n, id, digests[n], digests[n + 1]
      FROM unnest(ids) WITH ORDINALITY AS t(id, n) ORDER BY n;
END $$;

-- Chained when the transaction commits: the lock on the book's chain is held for a moment, not for the transaction. The
-- first posting of a transaction links them all; the others find their link.
CREATE OR REPLACE FUNCTION ledger_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_link WHERE posting_id = NEW.id) THEN
        PERFORM ledger_link_from(NEW.book_id, NEW.id);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS chained ON ledger_posting;
CREATE CONSTRAINT TRIGGER chained AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_chain();

-- A link names a posting because only the chain writes links.
CREATE OR REPLACE FUNCTION ledger_link_made_by_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'ledger_link_made_by_chain: the database itself links postings'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER made_by_chain BEFORE INSERT ON ledger_link
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_link_made_by_chain();

-- One statement a posting: n postings with their lines, given as parallel arrays, and the event that records them.
-- Returns the ids of the new ones, by ordinal; a source that is already in the books yields no row. Being one statement
-- it needs no transaction around it: one journey to the server instead of four.
CREATE OR REPLACE FUNCTION ledger_post(
    book bigint, sources text[], days date[], texts text[], reverse bigint[], reasons text[],
    line_of int[], line_no smallint[], accounts bigint[], amounts bigint[],
    moment timestamptz, actor text, actor_name text, acting_for text, request text
) RETURNS TABLE (ordinal int, id bigint) LANGUAGE plpgsql
    SET search_path = public SET enable_nestloop = off -- one cached plan serves ten postings and ten thousand
AS $$
#variable_conflict use_column
BEGIN
    IF cardinality(sources) = 1 THEN -- most are single: nothing to join
        RETURN QUERY WITH made AS (
            INSERT INTO ledger_posting (book_id, source, posted_on, text, lines, reverses_id, reason, actor_id)
            VALUES (book, sources[1], days[1], texts[1], cardinality(accounts), reverse[1], coalesce(reasons[1], ''), actor)
            ON CONFLICT (source) DO NOTHING
            RETURNING ledger_posting.id, posted_on
        ), lined AS (
            INSERT INTO ledger_entry (posting_id, line, account_id, amount, posted_on)
            SELECT made.id, line.no, line.account, line.amount, made.posted_on
              FROM made, unnest(line_no, accounts, amounts) AS line(no, account, amount)
        ), noted AS (
            INSERT INTO audit_event (at, kind, actor_id, actor_name, acting_for, subject_type, subject_id, topic, facts,
                                     reason, rule_version, request_id)
            SELECT moment, 'LEDGER_POSTED', actor, actor_name, acting_for, 'book', book::text, '',
                   jsonb_build_object('postings', 1, 'first', sources[1],
                       'moved', (SELECT sum(amount) FROM unnest(amounts) AS t(amount) WHERE amount > 0),
                       'ids', jsonb_build_array(made.id, made.id)),
                   coalesce(reasons[1], ''), '', request
              FROM made
        )
        SELECT 1, made.id FROM made;
        RETURN;
    END IF;
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
