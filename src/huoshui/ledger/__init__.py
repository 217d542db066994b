"""Double-entry books in fen, one per fund.

Guarantees, each held by the database: a posting has at least two lines that sum to zero, all in one book; nothing is
ever changed or removed; a business fact is posted once; a guarded account never falls below what is held on it; a closed
period takes nothing; postings are chained by hash in the order of their commits.

Doors: ``actions`` (open_book, open_account, post, post_many, reverse, hold, void_hold, post_hold, expire_holds,
close_period), ``queries`` (balances, statements, trial balance, journal), ``verify``.
"""
