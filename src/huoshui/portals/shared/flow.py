"""From a posted form to an action: every problem of a refusal lands at its field, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.forms import Form
from django.utils.translation import get_language

from huoshui.kernel.errors import DomainError, Stale

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """Whether the action was done, what it returned, and whether somebody else had been faster."""

    done: bool
    value: T | None = None
    stale: bool = False


def attempt(form: Form, act: Callable[[], T]) -> Outcome[T]:
    """Run *act* when *form* is valid; put what it refuses on the form's fields. Nothing is done when not `done`."""
    if not form.is_valid():
        return Outcome(done=False)
    try:
        return Outcome(done=True, value=act())
    except DomainError as refusal:
        blame(form, refusal)
        return Outcome(done=False, stale=isinstance(refusal, Stale))


def blame(form: Form, refusal: DomainError) -> None:
    """Put each problem of *refusal* on the field it names, or above the form."""
    language = get_language() or "zh"
    for problem in refusal.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.said(language))
