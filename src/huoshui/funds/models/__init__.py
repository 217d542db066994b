"""Tables of the public money, a file a subject; private to the package."""

from huoshui.funds.models.bridge import BridgeAdvance, BridgeReturn
from huoshui.funds.models.compensation import (
    CompensationClaim,
    CompensationLoan,
    CompensationPaper,
    CompensationRecovery,
)
from huoshui.funds.models.guarantee import (
    Guarantee,
    GuaranteePaper,
    GuaranteeRecovery,
    GuaranteeShare,
    GuarantorStanding,
)
from huoshui.funds.models.paying import (
    Fund,
    PayeeAccount,
    PaymentFile,
    PaymentLine,
    PaymentOrder,
    PublicNotice,
    Statement,
    StatementLine,
    StatementMatch,
)
from huoshui.funds.models.period import PeriodClose
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine, SubsidyRecall

__all__ = [
    "SubsidyClaim", "SubsidyLine", "SubsidyRecall",
]  # fmt: skip
__all__ += [
    "Fund", "PayeeAccount", "PaymentFile", "PaymentLine", "PaymentOrder", "PublicNotice", "Statement",
    "StatementLine", "StatementMatch",
]  # fmt: skip
__all__ += ["BridgeAdvance", "BridgeReturn", "PeriodClose"]
__all__ += ["CompensationClaim", "CompensationLoan", "CompensationPaper", "CompensationRecovery"]
__all__ += ["Guarantee", "GuaranteePaper", "GuaranteeRecovery", "GuaranteeShare", "GuarantorStanding"]
