"""The unified social credit code of a firm (GB 32100-2015): reading, checking and building one.

Eighteen characters: registrar, kind of body, six digits of the registering division, nine of the body's own code
(GB 11714), one check character. Thirty-one letters and figures are in use; I, O, S, V and Z are not.
"""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
_BLANKS = dict.fromkeys(map(ord, " \t\r\n\u00a0\u3000\ufeff\u200b"))
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

# GB 32100-2015 table 1 and its amendments add registrars over time, so an unlisted one is unnamed, not wrong.
REGISTRARS = {
    "1": Text("机构编制", "Office of staffing"),
    "2": Text("外交", "Foreign affairs"),
    "3": Text("司法行政", "Judicial administration"),
    "4": Text("文化", "Culture"),
    "5": Text("民政", "Civil affairs"),
    "6": Text("旅游", "Tourism"),
    "7": Text("宗教", "Religious affairs"),
    "8": Text("工会", "Trade unions"),
    "9": Text("市场监督管理", "Market regulation"),
    "A": Text("中央军委改革和编制办公室", "Military staffing office"),
    "N": Text("农业", "Agriculture"),
    "Y": Text("其他", "Other"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says as a credit code; *registrar* and *division* are empty where it cannot be read that far."""

    normalised: str
    problem: Problem | None
    registrar: str
    division: str

    @property
    def valid(self) -> bool:
        """Return whether it is a credit code."""
        return self.problem is None


def normalise(text: str) -> str:
    """Return *text* in upper case, half width, without blanks."""
    return text.translate(_BLANKS).translate(_HALF_WIDTH).translate(_BLANKS).upper()


def read(text: str) -> Reading:
    """Return what *text* says as a credit code and, if it is none, the first thing that is wrong with it."""
    code = normalise(text)
    if problem := _shape_problem(code):
        return Reading(code, problem, "", "")
    return Reading(code, _check_problem(code), code[0], code[2:8])


def is_valid(text: str) -> bool:
    """Return whether *text* is a credit code in any width, case and spacing."""
    return read(text).valid


def check_character(body: str) -> str:
    """Return the check character of the first 17 characters *body* (GB 32100-2015, 5.3: weights 3^i mod 31)."""
    total = sum(_VALUE[letter] * weight for letter, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """Return the ninth character of an organisation code (GB 11714-1997) from its first eight."""
    total = sum(int(letter, 36) * weight for letter, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def make_uscc(*, registrar: str = "91", division: str, organisation: str) -> str:
    """Return a valid code; *registrar* has two characters, *organisation* eight (its own check is added) or nine."""
    if len(organisation) == 8:
        organisation += organisation_check_character(organisation)
    body = f"{registrar}{division}{organisation}"
    assert len(body) == LENGTH - 1, "a code has 2 + 6 + 9 characters before its check character"
    return body + check_character(body)


def _shape_problem(code: str) -> Problem | None:
    if not code:
        return _problem("uscc_missing", "没有填写统一社会信用代码。", "The credit code is missing.", code)
    if len(code) != LENGTH:
        return _problem(
            "uscc_length",
            f"应为 18 位，现在是 {len(code)} 位。",
            f"It must have 18 characters; this has {len(code)}.",
            code,
        )
    strange = [(place, letter) for place, letter in enumerate(code, 1) if letter not in _VALUE]
    if strange:
        zh = "、".join(f"第 {place} 位“{letter}”" for place, letter in strange)
        en = ", ".join(f"“{letter}” at place {place}" for place, letter in strange)
        return _problem(
            "uscc_letter",
            f"不能使用的字符：{zh}（不含字母 I、O、S、V、Z）。",
            f"Not in use: {en} (no I, O, S, V, Z).",
            code,
        )
    if not code[2:8].isdigit():
        return _problem(
            "uscc_division",
            f"第 3 至 8 位“{code[2:8]}”应为行政区划数字。",
            f"Places 3 to 8 (“{code[2:8]}”) must be the digits of a division.",
            code,
        )
    return None


def _check_problem(code: str) -> Problem | None:
    expected = check_character(code[:-1])
    if expected == code[-1]:
        return None
    return _problem(
        "uscc_check",
        f"校验位应为“{expected}”，现在是“{code[-1]}”：可能有一位写错，或相邻两位颠倒。",
        f"The check character should be “{expected}”, not “{code[-1]}”: a character is wrong or two are swapped.",
        code,
    )


def _problem(code: str, zh: str, en: str, value: str) -> Problem:
    remedy = Text("请对照营业执照核对。", "Compare it with the business licence.")
    return Problem(code, Text(zh, en), field="uscc", value=value, remedy=remedy)
