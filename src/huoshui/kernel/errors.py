"""What can go wrong in the user's own words: a code, a sentence in both languages, the field, its value, the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as made

from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: *field* and *value* as the user gave them, *remedy* what to do."""

    code: str
    text: Text
    field: str = ""
    value: object = None
    remedy: Text | None = None
    facts: dict[str, object] = made(default_factory=dict)

    def said(self, language: str = "zh") -> str:
        """Return the problem and its remedy as one line in *language*."""
        line = self.text.in_(language)
        return f"{line} {self.remedy.in_(language)}" if self.remedy else line


class DomainError(Exception):
    """An act that the platform refuses, with a code and words for the person who tried."""

    def __init__(
        self,
        code: str,
        text: Text,
        *,
        field: str = "",
        value: object = None,
        remedy: Text | None = None,
        facts: dict[str, object] | None = None,
    ) -> None:
        super().__init__(text.zh)
        self.code, self.text, self.field, self.value, self.remedy = code, text, field, value, remedy
        self.facts = facts or {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return everything that is wrong; a plain error is one problem."""
        return (Problem(self.code, self.text, self.field, self.value, self.remedy, self.facts),)

    def lines(self, language: str = "zh") -> list[str]:
        """Return one line a problem in *language*."""
        return [problem.said(language) for problem in self.problems]


class Refused(DomainError):
    """An act refused for one or more reasons; *problems* holds all of them, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = tuple(problems)
        assert self._problems, "a refusal names at least one reason"
        first = self._problems[0]
        super().__init__(
            first.code, first.text, field=first.field, value=first.value, remedy=first.remedy, facts=first.facts
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return everything that is wrong."""
        return self._problems


class Stale(DomainError):
    """Somebody else changed the record between reading and writing; nothing was changed."""

    def __init__(self, *, what: str = "", facts: dict[str, object] | None = None) -> None:
        super().__init__(
            "stale",
            Text(
                "这条记录刚刚被别人更新，您的操作没有生效。", "Somebody has just changed this record; nothing was done."
            ),
            field=what,
            remedy=Text("请查看最新情况后再操作。", "Look at it as it is now, then act."),
            facts=facts,
        )
