"""The answer to "may this be done now?": yes, or every reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.errors import Problem, Refused


@dataclass(frozen=True, slots=True)
class Decision:
    """*allowed*, or the reasons against it; the same value serves the check and the button."""

    reasons: tuple[Problem, ...] = ()

    @property
    def allowed(self) -> bool:
        """Return whether nothing stands against it."""
        return not self.reasons

    def __bool__(self) -> bool:
        return self.allowed

    def or_refuse(self) -> None:
        """Raise Refused with every reason unless allowed."""
        if self.reasons:
            raise Refused(self.reasons)


ALLOW = Decision()


def refuse(*reasons: Problem) -> Decision:
    """Return the decision that names *reasons* (at least one)."""
    assert reasons, "a refusal names at least one reason"
    return Decision(reasons)


def combine(*decisions: Decision) -> Decision:
    """Return the decision that allows only what all of *decisions* allow, with all their reasons in order."""
    return Decision(tuple(reason for decision in decisions for reason in decision.reasons))
