"""Values every package shares: money, rates, day counts, working days, identifiers, decisions, errors. Pure Python."""
