"""Chinese text as words: how documents are cut and questions read, and which part of an answer is marked. Pure.

Words come from a dictionary cut (every word of two or more characters that the text contains, overlapping), numbers and
Latin words as they stand. People and officials call the same thing by different names: `synonyms.json` says which.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

import rjieba

PART_LENGTH = 700  # characters: a part longer than this is cut at its next paragraph
SYNONYM_WEIGHT = 0.7  # a word that stands for what was typed counts less than what was typed
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_OTHER = re.compile(r"[a-z]{2,}|\d+")
_ARTICLE = re.compile(r"(?m)^(?=第[一二三四五六七八九十百零]+条)")
_EMPTY = frozenset(
    "什么 怎么 怎样 如何 多少 哪里 哪些 能不能 可以 没有 是否 需要 应当 我们 自己 以及 或者 关于 通知 印发 办公 公厅 办公厅 人民 政府 人民政府 "
    "国务 国务院 进行 有关 规定 其他 不能 能不 要不要 不要 怎么办".split()
)


def words(text: str) -> list[str]:
    """Return the words of *text* in order, with repetitions; words that say nothing are left out."""
    lowered = text.lower()
    found = [
        word for stretch in _HAN.findall(lowered) for word in rjieba.cut_all(stretch) if 2 <= len(word) <= 40
    ]  # fmt: skip
    return [word for word in found if word not in _EMPTY] + _OTHER.findall(lowered)


def asked(question: str) -> dict[str, float]:
    """Return the words to look for and their weight: those typed 1, those that mean the same less."""
    wanted = dict.fromkeys(words(question), 1.0)
    for said, meant in synonyms().items():
        if said in question:
            for word in words(meant):
                wanted.setdefault(word, SYNONYM_WEIGHT)
    return wanted


@cache
def synonyms() -> dict[str, str]:
    """Return what people say → how documents say it."""
    text = files("huoshui.service").joinpath("data/synonyms.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def parts(body: str) -> list[str]:
    """Return *body* in stretches that are found by themselves: its articles, or paragraphs up to PART_LENGTH."""
    found: list[str] = []
    for article in _ARTICLE.split(body):
        held = ""
        for paragraph in filter(None, (line.strip() for line in article.splitlines())):
            if held and len(held) + len(paragraph) > PART_LENGTH:
                found.append(held)
                held = ""
            held = f"{held}\n{paragraph}" if held else paragraph
        if held:
            found.append(held)
    return found


def counted(text: str) -> Counter[str]:
    """Return how often each word stands in *text*."""
    return Counter(words(text))


def marked(text: str, wanted: Iterable[str], *, around: int = 110) -> list[tuple[str, bool]]:
    """Return the stretch of *text* with most of *wanted*, about *around* characters, as (piece, whether it was asked)."""
    known = sorted(set(wanted), key=len, reverse=True)
    if not known:
        return [(text[:around], False)]
    pattern = re.compile("|".join(map(re.escape, known)), re.IGNORECASE)
    hits = [match.span() for match in pattern.finditer(text)]
    start = _best(hits, around) if len(text) > around else 0
    shown = text[start : start + around]
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    at = 0
    for match in pattern.finditer(shown):
        pieces += [(shown[at : match.start()], False), (match.group(), True)]
        at = match.end()
    pieces.append((shown[at:] + ("…" if start + around < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def _best(hits: Sequence[tuple[int, int]], around: int) -> int:
    """Return where the stretch begins that covers most marked characters, a little before its first hit."""
    if not hits:
        return 0
    covered = [sum(b - a for a, b in hits if start <= a and b <= start + around) for start, _ in hits]
    return max(0, hits[covered.index(max(covered))][0] - 12)
