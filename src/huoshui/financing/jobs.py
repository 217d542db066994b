"""What runs by itself: chasing every half hour, loans reckoned every night. Doors for commands and tests as well."""

from huoshui.financing.actions_chase import Chased, age_loans, chase
from huoshui.financing.actions_district import follow_districts

__all__ = ["Chased", "age_loans", "chase", "follow_districts"]
