"""A sentence in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and English; Chinese is what str() gives."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the words in *language* ("en…" gives English, anything else Chinese)."""
        return self.en if language.lower().startswith("en") else self.zh

    def format(self, **facts: object) -> Text:
        """Return the words with *facts* filled in; a fact that is itself a Text is taken in each language."""
        return Text(self.zh.format(**_said(facts, "zh")), self.en.format(**_said(facts, "en")))

    def __str__(self) -> str:
        return self.zh


def _said(facts: dict[str, object], language: str) -> dict[str, object]:
    return {name: fact.in_(language) if isinstance(fact, Text) else fact for name, fact in facts.items()}
