"""The interest subsidy of a claim line: the kernel's formula, under the name that funds use.

It lies in the kernel because matching shows a firm its cost after subsidy and stands below this package.
"""

from huoshui.kernel.subsidy import DEFAULT_BASIS, Balance, Line, Terms, applied_rate, line

__all__ = ["DEFAULT_BASIS", "Balance", "Line", "Terms", "applied_rate", "line"]
