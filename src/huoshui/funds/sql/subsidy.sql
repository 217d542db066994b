-- the days a line is paid for, gaps and all; no day of a loan is subsidised twice
ALTER TABLE funds_subsidyline ADD COLUMN days datemultirange NOT NULL DEFAULT '{}';
CREATE FUNCTION funds_subsidy_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(range_agg(daterange((span ->> 0)::date, (span ->> 1)::date)), '{}') INTO NEW.days
        FROM jsonb_array_elements(NEW.spans) span;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidy_days BEFORE INSERT OR UPDATE OF spans ON funds_subsidyline
    FOR EACH ROW EXECUTE FUNCTION funds_subsidy_days();
ALTER TABLE funds_subsidyline ADD CONSTRAINT subsidy_day_once
    EXCLUDE USING gist (int8range(loan_id, loan_id, '[]') WITH &&, int8range(slot_from, slot_to, '[]') WITH &&,
                        days WITH &&) WHERE (state = 'open');

-- what was computed stays: only what is granted of the queue, paid and called back moves, and a line may be struck
CREATE FUNCTION funds_subsidy_line_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE may_change text[] := ARRAY['amount', 'queued', 'paid', 'clawed', 'state', 'why', 'shares', 'cuts'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change
       OR NEW.amount + NEW.queued > OLD.amount + OLD.queued OR (OLD.state = 'struck' AND NEW.state <> 'struck') THEN
        RAISE EXCEPTION 'subsidy line % is fixed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subsidy_line_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidy_line_fixed BEFORE UPDATE OR DELETE ON funds_subsidyline
    FOR EACH ROW EXECUTE FUNCTION funds_subsidy_line_fixed();

-- a claim is the sum of its open lines when the transaction ends
CREATE FUNCTION funds_subsidy_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which bigint := coalesce(to_jsonb(NEW) ->> 'claim_id', to_jsonb(NEW) ->> 'id');
    said bigint;
    waits bigint;
    total bigint;
    queue bigint;
BEGIN
    SELECT amount, queued INTO said, waits FROM public.funds_subsidyclaim WHERE id = which AND state <> 'rejected';
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT coalesce(sum(amount), 0), coalesce(sum(queued), 0) INTO total, queue
        FROM public.funds_subsidyline WHERE claim_id = which AND state = 'open';
    IF said <> total OR waits <> queue THEN
        RAISE EXCEPTION 'claim % says % but its lines sum to %', which, said, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subsidy_claim_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER subsidy_sums AFTER INSERT OR UPDATE ON funds_subsidyclaim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_subsidy_sums();
CREATE CONSTRAINT TRIGGER subsidy_line_sums AFTER INSERT OR UPDATE ON funds_subsidyline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_subsidy_sums();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON funds_subsidyrecall
    FOR EACH ROW EXECUTE FUNCTION funds_written_once();
