DROP TRIGGER drawdown_guarantee_in_force ON financing_drawdown;
DROP TRIGGER guarantee_repaid ON financing_loan;
DROP TRIGGER guarantee_within_ceilings ON funds_guarantee;
DROP TRIGGER guarantee_fixed ON funds_guarantee;
DROP TRIGGER guarantor_standing_once ON funds_guarantorstanding;
DROP TRIGGER guarantee_recovery_once ON funds_guaranteerecovery;
DROP TRIGGER guarantee_sums ON funds_guarantee;
DROP TRIGGER guarantee_share_sums ON funds_guaranteeshare;
DROP TRIGGER guarantee_recovery_sums ON funds_guaranteerecovery;
DROP FUNCTION funds_guarantee_before_money, funds_guarantee_within, funds_guarantee_follows,
    funds_guarantee_written_once, funds_guarantee_repaid, funds_guarantee_sums;
