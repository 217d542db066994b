"""Finding the firm: what a visitor types is a credit code or a name; the code is checked while it is typed."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.access.actor import Actor
from huoshui.kernel import uscc
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.registry.queries import Hit

SHOWN = 10  # firms named at once; who sees as many types more
CODE_LIKE = 10  # so many code characters in a row are meant as a code, not as a name


@dataclass(frozen=True, slots=True)
class Found:
    """What was typed, what is wrong with it as a code, and the firms it names. *partial*: a code not typed to its end."""

    typed: str
    is_code: bool
    problem: Text | None
    hits: tuple[Hit, ...]
    right: bool = False
    partial: bool = False

    @property
    def short(self) -> bool:
        """Return whether nothing was found because too little is typed yet."""
        return not self.hits and len(self.typed) < (3 if self.typed.isascii() else 2)

    @property
    def many(self) -> bool:
        """Return whether more firms may be meant than are shown."""
        return len(self.hits) >= SHOWN


def find(actor: Actor | None, text: str) -> Found:
    """Return the firms that *text* names; a wrong code is told apart from an unknown one."""
    typed = text.replace("\x00", "").strip()[:100]
    if not typed:
        return Found("", False, None, ())
    code = uscc.normalise(typed)
    if not _looks_like_code(code):
        return Found(typed, False, None, tuple(registry.search(actor, typed, limit=SHOWN)))
    reading = uscc.read(code)
    hits = tuple(registry.search(actor, code)) if reading.valid or len(code) < uscc.LENGTH else ()
    return Found(typed, True, _said(code, reading), hits, right=reading.valid, partial=len(code) < uscc.LENGTH)


def _looks_like_code(code: str) -> bool:
    return len(code) >= CODE_LIKE and code.isascii() and any(letter.isdigit() for letter in code)


def _said(code: str, reading: uscc.Reading) -> Text | None:
    if reading.problem is None:
        return None
    if len(code) < uscc.LENGTH:
        left = uscc.LENGTH - len(code)
        return Text(f"还差 {left} 位", f"{left} more characters")
    return reading.problem.text


def by_code(code: str) -> Hit | None:
    """Return the firm with exactly this credit code, or None."""
    wanted = uscc.normalise(code)
    if not uscc.is_valid(wanted):
        return None
    return next((hit for hit in registry.search(None, wanted) if hit.uscc == wanted), None)
