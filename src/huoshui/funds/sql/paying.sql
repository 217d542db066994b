-- a payment is the sum of its open lines when the transaction ends
CREATE FUNCTION funds_payment_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which bigint := coalesce(to_jsonb(NEW) ->> 'order_id', to_jsonb(NEW) ->> 'id');
    owed bigint;
    total bigint;
BEGIN
    SELECT amount INTO owed FROM public.funds_paymentorder WHERE id = which AND state <> 'cancelled';
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT coalesce(sum(amount) FILTER (WHERE state = 'open'), 0) INTO total
        FROM public.funds_paymentline WHERE order_id = which;
    IF owed <> total THEN
        RAISE EXCEPTION 'payment % says % but its lines sum to %', which, owed, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_lines_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_sums AFTER INSERT OR UPDATE ON funds_paymentorder
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_payment_sums();
CREATE CONSTRAINT TRIGGER payment_line_sums AFTER INSERT OR UPDATE ON funds_paymentline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_payment_sums();

-- what was approved is what is paid: payee, amount and business stay from then on
CREATE FUNCTION funds_payment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'payment % stays on record', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_fixed';
    END IF;
    IF (NEW.reference, NEW.fund_id, NEW.kind, NEW.made_by_id) IS DISTINCT FROM
           (OLD.reference, OLD.fund_id, OLD.kind, OLD.made_by_id)
       OR (OLD.state IN ('approved', 'in_file', 'paid') AND (NEW.amount, NEW.payee_account, NEW.payee_name)
           IS DISTINCT FROM (OLD.amount, OLD.payee_account, OLD.payee_name)) THEN
        RAISE EXCEPTION 'payment % is fixed', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_fixed BEFORE UPDATE OR DELETE ON funds_paymentorder
    FOR EACH ROW EXECUTE FUNCTION funds_payment_fixed();

CREATE FUNCTION funds_payment_line_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    SELECT state INTO stands FROM public.funds_paymentorder WHERE id = OLD.order_id;
    IF TG_OP = 'DELETE' OR stands IN ('approved', 'in_file', 'paid')
       OR (NEW.amount, NEW.enterprise_id, NEW.subject_id) IS DISTINCT FROM (OLD.amount, OLD.enterprise_id, OLD.subject_id)
    THEN
        RAISE EXCEPTION 'payment line % is fixed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_line_fixed BEFORE UPDATE OR DELETE ON funds_paymentline
    FOR EACH ROW EXECUTE FUNCTION funds_payment_line_fixed();

-- a movement is worth exactly the payments it shows
CREATE FUNCTION funds_match_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
    total bigint;
BEGIN
    SELECT abs(amount) INTO moved FROM public.funds_statementline WHERE id = NEW.line_id;
    SELECT sum(amount) INTO total FROM public.funds_statementmatch WHERE line_id = NEW.line_id;
    IF moved <> total THEN
        RAISE EXCEPTION 'line % moved % but its payments sum to %', NEW.line_id, moved, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_match_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER match_sums AFTER INSERT OR UPDATE ON funds_statementmatch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_match_sums();

-- files, notices and statements are written once
CREATE FUNCTION funds_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_written_once';
END $$;
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON funds_paymentfile
    FOR EACH ROW EXECUTE FUNCTION funds_written_once();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON funds_publicnotice
    FOR EACH ROW EXECUTE FUNCTION funds_written_once();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON funds_statement
    FOR EACH ROW EXECUTE FUNCTION funds_written_once();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON funds_statementmatch
    FOR EACH ROW EXECUTE FUNCTION funds_written_once();
