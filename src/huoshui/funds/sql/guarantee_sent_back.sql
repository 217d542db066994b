-- a payout that the bank sent back stands where it stood before it was paid, with the same sums
CREATE OR REPLACE FUNCTION funds_guarantee_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('requested', 'submitted') THEN
            RETURN NEW;
        END IF;
    ELSIF (NEW.case_id, NEW.enterprise_id, NEW.bank_id, NEW.guarantor_id, NEW.amount, NEW.number)
          = (OLD.case_id, OLD.enterprise_id, OLD.bank_id, OLD.guarantor_id, OLD.amount, OLD.number)
          AND (OLD.rate_ppm IS NULL OR (NEW.rate_ppm, NEW.fee) = (OLD.rate_ppm, OLD.fee))
          AND (OLD.posting_id IS NULL OR (NEW.posting_id, NEW.loss, NEW.payout) = (OLD.posting_id, OLD.loss, OLD.payout)
               OR (OLD.state, NEW.state) = ('paid', 'accepted') AND NEW.posting_id IS NULL
                  AND (NEW.loss, NEW.payout) = (OLD.loss, OLD.payout)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'guarantee % is fixed', NEW.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'guarantee_fixed';
END $$;
