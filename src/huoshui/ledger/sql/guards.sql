-- The guards of accounts, holds, periods and of what is written once; those of postings are in posting.sql.
-- Messages start with the guard's name, which the error map turns into words for people.

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
    IF (NEW.id, NEW.book_id, NEW.code, NEW.side, NEW.guarded)
       IS DISTINCT FROM (OLD.id, OLD.book_id, OLD.code, OLD.side, OLD.guarded) THEN
        RAISE EXCEPTION 'ledger_account_fixed: account % keeps its book, code, side and guard', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fixed BEFORE UPDATE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_fixed();

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
