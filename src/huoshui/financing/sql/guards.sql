-- Money that was paid out or back, and what a bank decided, is written once. A correction is a further row.
CREATE FUNCTION financing_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_written_once';
END $$;

CREATE TRIGGER drawdown_written_once BEFORE UPDATE OR DELETE ON financing_drawdown
    FOR EACH ROW EXECUTE FUNCTION financing_written_once();
CREATE TRIGGER drawdown_not_emptied BEFORE TRUNCATE ON financing_drawdown
    FOR EACH STATEMENT EXECUTE FUNCTION financing_written_once();
CREATE TRIGGER repayment_written_once BEFORE UPDATE OR DELETE ON financing_repayment
    FOR EACH ROW EXECUTE FUNCTION financing_written_once();
CREATE TRIGGER repayment_not_emptied BEFORE TRUNCATE ON financing_repayment
    FOR EACH STATEMENT EXECUTE FUNCTION financing_written_once();
CREATE TRIGGER creditdecision_written_once BEFORE UPDATE OR DELETE ON financing_creditdecision
    FOR EACH ROW EXECUTE FUNCTION financing_written_once();
CREATE TRIGGER creditdecision_not_emptied BEFORE TRUNCATE ON financing_creditdecision
    FOR EACH STATEMENT EXECUTE FUNCTION financing_written_once();

-- What a loan says was drawn and repaid is the sum of its slips, judged when the transaction ends, from either side.
CREATE FUNCTION financing_loan_sums(loan bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
DECLARE held record;
BEGIN
    SELECT l.drawn, l.repaid,
           coalesce((SELECT sum(d.amount) FROM public.financing_drawdown d WHERE d.loan_id = l.id), 0) AS drawn_sum,
           coalesce((SELECT sum(r.principal) FROM public.financing_repayment r WHERE r.loan_id = l.id), 0) AS repaid_sum
      INTO held FROM public.financing_loan l WHERE l.id = loan;
    IF FOUND AND (held.drawn <> held.drawn_sum OR held.repaid <> held.repaid_sum) THEN
        RAISE EXCEPTION 'loan % says % drawn and % repaid, its slips say % and %',
            loan, held.drawn, held.repaid, held.drawn_sum, held.repaid_sum
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'loan_equals_its_slips';
    END IF;
END $$;

CREATE FUNCTION financing_loan_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.financing_loan_sums(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION financing_slip_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.financing_loan_sums(NEW.loan_id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER loan_equals_its_slips AFTER INSERT OR UPDATE OF drawn, repaid ON financing_loan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION financing_loan_changed();
CREATE CONSTRAINT TRIGGER drawdown_in_its_loan AFTER INSERT ON financing_drawdown
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION financing_slip_added();
CREATE CONSTRAINT TRIGGER repayment_in_its_loan AFTER INSERT ON financing_repayment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION financing_slip_added();

-- What a contract says does not change after it was signed.
CREATE FUNCTION financing_contract_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.contract_no, NEW.principal, NEW.rate_ppm, NEW.term_months, NEW.method, NEW.signed_on, NEW.bank_id)
       IS DISTINCT FROM
       (OLD.contract_no, OLD.principal, OLD.rate_ppm, OLD.term_months, OLD.method, OLD.signed_on, OLD.bank_id) THEN
        RAISE EXCEPTION 'the terms of loan % are signed', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'loan_terms_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER loan_terms_signed BEFORE UPDATE ON financing_loan
    FOR EACH ROW EXECUTE FUNCTION financing_contract_kept();
