DROP FUNCTION IF EXISTS ledger_post;
DROP FUNCTION IF EXISTS ledger_chain, ledger_link_from, ledger_link_made_by_chain, ledger_canonical, ledger_text,
    ledger_book_fixed, ledger_hold_guard, ledger_book_entries, ledger_check_postings, ledger_account_fixed,
    ledger_account_opened, ledger_refuse_change CASCADE;
