-- a loan is registered while it is sound, never after
CREATE FUNCTION funds_compensation_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.financing_loan WHERE id = NEW.loan_id
               AND (overdue_days > 0 OR five_class <> 'normal' OR state <> 'active')) THEN
        RAISE EXCEPTION 'loan % is not sound', NEW.loan_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'compensation_registered_sound';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compensation_sound BEFORE INSERT ON funds_compensationloan
    FOR EACH ROW EXECUTE FUNCTION funds_compensation_sound();

-- a registration stays as it was made
CREATE FUNCTION funds_compensation_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is fixed', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'compensation_fixed';
END $$;
CREATE TRIGGER compensation_loan_fixed BEFORE UPDATE OR DELETE ON funds_compensationloan
    FOR EACH ROW EXECUTE FUNCTION funds_compensation_fixed();
CREATE TRIGGER compensation_recovery_fixed BEFORE UPDATE OR DELETE ON funds_compensationrecovery
    FOR EACH ROW EXECUTE FUNCTION funds_compensation_fixed();

-- a claim went bad after its loan was registered, and on its own loan's firm and pool
CREATE FUNCTION funds_compensation_claim_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.funds_compensationloan r WHERE r.id = NEW.registration_id
                   AND r.fund_id = NEW.fund_id AND r.enterprise_id = NEW.enterprise_id
                   AND r.registered_on <= NEW.went_bad_on AND NEW.unpaid <= r.principal) THEN
        RAISE EXCEPTION 'claim does not follow its registration'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'compensation_claim_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compensation_claim_follows BEFORE INSERT OR UPDATE ON funds_compensationclaim
    FOR EACH ROW EXECUTE FUNCTION funds_compensation_claim_follows();

-- what came back to the pool is the sum of the recoveries when the transaction ends
CREATE FUNCTION funds_compensation_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which bigint := coalesce(to_jsonb(NEW) ->> 'claim_id', to_jsonb(NEW) ->> 'id');
BEGIN
    IF (SELECT returned FROM public.funds_compensationclaim WHERE id = which) <>
       (SELECT coalesce(sum(to_pool), 0) FROM public.funds_compensationrecovery WHERE claim_id = which) THEN
        RAISE EXCEPTION 'claim % does not equal its recoveries', which
            USING ERRCODE = 'check_violation', CONSTRAINT = 'compensation_recovery_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER compensation_sums AFTER INSERT OR UPDATE ON funds_compensationclaim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_compensation_sums();
CREATE CONSTRAINT TRIGGER compensation_recovery_sums AFTER INSERT ON funds_compensationrecovery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funds_compensation_sums();
