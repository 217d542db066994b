-- money that a guarantee secures is paid out only while the guarantee is in force
CREATE FUNCTION funds_guarantee_before_money() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (SELECT FROM public.financing_loan l WHERE l.id = NEW.loan_id
               AND l.collateral = 'guarantee' AND l.referral_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM public.funds_guarantee g
                               WHERE g.case_id = l.referral_id AND g.state = 'in_force')) THEN
        RAISE EXCEPTION 'the guarantee of loan % is not in force', NEW.loan_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'drawdown_guarantee_in_force';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drawdown_guarantee_in_force BEFORE INSERT ON financing_drawdown
    FOR EACH ROW EXECUTE FUNCTION funds_guarantee_before_money();

-- what is repaid of the loan is no longer stood in for
CREATE FUNCTION funds_guarantee_repaid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE public.funds_guarantee SET repaid = NEW.repaid
     WHERE case_id = NEW.referral_id AND state NOT IN ('declined', 'withdrawn');
    RETURN NULL;
END $$;
CREATE TRIGGER guarantee_repaid AFTER UPDATE OF repaid ON financing_loan
    FOR EACH ROW WHEN (NEW.referral_id IS NOT NULL AND NEW.repaid <> OLD.repaid AND NEW.collateral = 'guarantee')
    EXECUTE FUNCTION funds_guarantee_repaid();

-- approvals of one guarantor follow one another, and never pass what it may stand in for
CREATE FUNCTION funds_guarantee_within() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
DECLARE held record;
BEGIN
    PERFORM 1 FROM public.funds_guarantorstanding WHERE guarantor_id = NEW.guarantor_id ORDER BY id FOR UPDATE;
    SELECT coalesce(sum(g.amount - g.repaid), 0) AS whole,
           coalesce(sum(g.amount - g.repaid) FILTER (WHERE g.enterprise_id = NEW.enterprise_id), 0) AS own
      INTO held
      FROM public.funds_guarantee g
     WHERE g.guarantor_id = NEW.guarantor_id AND g.id <> NEW.id
       AND g.state IN ('approved', 'issued', 'in_force', 'claimed', 'accepted');
    IF held.whole + NEW.amount > NEW.ceiling_total OR held.own + NEW.amount > NEW.ceiling_customer THEN
        RAISE EXCEPTION 'guarantee % passes what its guarantor may stand in for', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guarantee_within_ceilings';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guarantee_within_ceilings BEFORE UPDATE ON funds_guarantee FOR EACH ROW
    WHEN (NEW.state = 'approved' AND OLD.state <> 'approved') EXECUTE FUNCTION funds_guarantee_within();

-- a guarantee starts as a request, and what it is about does not change
CREATE FUNCTION funds_guarantee_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('requested', 'submitted') THEN
            RETURN NEW;
        END IF;
    ELSIF (NEW.case_id, NEW.enterprise_id, NEW.bank_id, NEW.guarantor_id, NEW.amount, NEW.number)
          = (OLD.case_id, OLD.enterprise_id, OLD.bank_id, OLD.guarantor_id, OLD.amount, OLD.number)
          AND (OLD.rate_ppm IS NULL OR (NEW.rate_ppm, NEW.fee) = (OLD.rate_ppm, OLD.fee))
          AND (OLD.posting_id IS NULL OR (NEW.posting_id, NEW.loss, NEW.payout) = (OLD.posting_id, OLD.loss, OLD.payout)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'guarantee % is fixed', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'guarantee_fixed';
END $$;
CREATE TRIGGER guarantee_fixed BEFORE INSERT OR UPDATE ON funds_guarantee
    FOR EACH ROW EXECUTE FUNCTION funds_guarantee_follows();

-- a standing and a recovery are written once
CREATE FUNCTION funds_guarantee_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'guarantee_written_once';
END $$;
CREATE TRIGGER guarantor_standing_once BEFORE UPDATE OR DELETE ON funds_guarantorstanding
    FOR EACH ROW EXECUTE FUNCTION funds_guarantee_written_once();
CREATE TRIGGER guarantee_recovery_once BEFORE UPDATE OR DELETE ON funds_guaranteerecovery
    FOR EACH ROW EXECUTE FUNCTION funds_guarantee_written_once();

-- what the parties bear is the loss, what they had back is what came back net of cost, when the transaction ends
CREATE FUNCTION funds_guarantee_sums() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
DECLARE
    which bigint := coalesce(to_jsonb(NEW) ->> 'guarantee_id', to_jsonb(NEW) ->> 'id');
    whole record; parts record; back bigint;
BEGIN
    SELECT state, loss, payout, returned INTO whole FROM public.funds_guarantee WHERE id = which;
    SELECT coalesce(sum(borne), 0) AS borne, coalesce(sum(borne) FILTER (WHERE party <> 'bank'), 0) AS public_part,
           coalesce(sum(returned), 0) AS returned
      INTO parts FROM public.funds_guaranteeshare WHERE guarantee_id = which;
    SELECT coalesce(sum(recovered - cost), 0) INTO back FROM public.funds_guaranteerecovery WHERE guarantee_id = which;
    IF whole.returned <> parts.returned OR whole.returned <> back
       OR (whole.state IN ('paid', 'recovering', 'closed')
           AND (whole.loss <> parts.borne OR whole.payout <> parts.public_part)) THEN
        RAISE EXCEPTION 'the shares of guarantee % do not sum', which
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guarantee_shares_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER guarantee_sums AFTER INSERT OR UPDATE OF state, loss, payout, returned ON funds_guarantee
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_guarantee_sums();
CREATE CONSTRAINT TRIGGER guarantee_share_sums AFTER INSERT OR UPDATE ON funds_guaranteeshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_guarantee_sums();
CREATE CONSTRAINT TRIGGER guarantee_recovery_sums AFTER INSERT ON funds_guaranteerecovery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_guarantee_sums();
