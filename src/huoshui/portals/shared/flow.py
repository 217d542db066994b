"""From a posted form to an action: every problem of a refusal lands at its field, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.forms import Form, Textarea, TextInput
from django.utils.translation import get_language

from huoshui.kernel.errors import DomainError, Stale

T = TypeVar("T")
WRITTEN = (TextInput, Textarea)


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


@dataclass(frozen=True, slots=True)
class Lost:
    """A form that came too late: its act is no longer offered. *why* it was refused, and what was *typed*."""

    why: tuple[str, ...]
    typed: tuple[str, ...]


def too_late(bound: Mapping[str, Form | None], offered: Collection[str]) -> Lost | None:
    """Return what to say of the refused form in *bound* (by act) that no act in *offered* shows any more."""
    forms = [form for code, form in bound.items() if form is not None and code not in offered and form.errors]
    if not forms:
        return None
    why = (str(error) for form in forms for errors in form.errors.values() for error in errors)
    fields = (field for form in forms for field in form.visible_fields() if isinstance(field.field.widget, WRITTEN))
    typed = (str(field.value() or "").strip() for field in fields)
    return Lost(tuple(dict.fromkeys(why)), tuple(words for words in typed if words))


def blame(form: Form, refusal: DomainError) -> None:
    """Put each problem of *refusal* on the field it names, or above the form."""
    language = get_language() or "zh"
    for problem in refusal.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.said(language))
