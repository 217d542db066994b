"""Pinyin of names: a sort key ("tai yuan shi …") and initials ("tys…") that people type to find a firm.

Each character is looked up once and remembered, so that 580,000 names take seconds where a phrase dictionary takes a
minute. Characters with several readings get their commonest one, except in the phrases below, where a register's names
need another: places, trades and ordinary business words.
"""

from __future__ import annotations

from collections.abc import Iterable

# Readings that the single character would get wrong. Source: Xiandai Hanyu Cidian, place names after the civil
# affairs ministry's list of places.
PHRASES: dict[str, tuple[str, ...]] = {
    "银行": ("yin", "hang"),
    "商行": ("shang", "hang"),
    "车行": ("che", "hang"),
    "行业": ("hang", "ye"),
    "会计": ("kuai", "ji"),
    "音乐": ("yin", "yue"),
    "乐器": ("yue", "qi"),
    "重庆": ("chong", "qing"),
    "长治": ("chang", "zhi"),
    "长子": ("zhang", "zi"),
    "洪洞": ("hong", "tong"),
    "厦门": ("xia", "men"),
    "朝阳": ("chao", "yang"),
    "六安": ("lu", "an"),
    "东莞": ("dong", "guan"),
    "调味": ("tiao", "wei"),
    "调料": ("tiao", "liao"),
    "空调": ("kong", "tiao"),
    "参茸": ("shen", "rong"),
    "解放": ("jie", "fang"),
    "成长": ("cheng", "zhang"),
    "传感": ("chuan", "gan"),
    "传媒": ("chuan", "mei"),
    "给排水": ("ji", "pai", "shui"),
    "便利": ("bian", "li"),
    "率先": ("shuai", "xian"),
    "都市": ("du", "shi"),
    "首都": ("shou", "du"),
    "长城": ("chang", "cheng"),
    "长江": ("chang", "jiang"),
    "长风": ("chang", "feng"),
}
_PRIVATE = 0xF0000  # private-use characters stand for a phrase between the two steps
_MARKS = {phrase: chr(_PRIVATE + place) for place, phrase in enumerate(PHRASES)}


def _spoken(character: str) -> str:
    """Return the commonest reading of a character that is not ASCII; empty for a mark."""
    from pypinyin import Style, pinyin  # its dictionaries take half a second, and most commands read no name

    found = pinyin(character, style=Style.NORMAL, errors="ignore")
    return found[0][0] if found and found[0] else ""


class _Readings(dict[int, str]):
    """Reading by code point, filled as characters are met. A reading ends in a space; unread marks vanish."""

    def __missing__(self, point: int) -> str:
        reading = self._read(chr(point))
        self[point] = reading
        return reading

    @staticmethod
    def _read(character: str) -> str:
        if character.isascii():
            return character.lower() if character.isalnum() else " "
        found = _spoken(character)
        return f"{found} " if found else ""


class _Initials(_Readings):
    """First letter by code point."""

    @staticmethod
    def _read(character: str) -> str:
        if character.isascii():
            return character.lower() if character.isalnum() else ""
        return _spoken(character)[:1]


_readings, _initials = _Readings(), _Initials()
for _place, _syllables in enumerate(PHRASES.values()):
    _readings[_PRIVATE + _place] = " ".join(_syllables) + " "
    _initials[_PRIVATE + _place] = "".join(syllable[0] for syllable in _syllables)


def key(name: str) -> str:
    """Return the pinyin of *name*, syllables apart, no tones, lower case: the key that lists sort Chinese by."""
    return _marked(name).translate(_readings).strip()


def initials(name: str) -> str:
    """Return the first letters of the pinyin of *name*; digits and Latin letters stay, punctuation goes."""
    return _marked(name).translate(_initials)


def keys_and_initials(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return `key` and `initials` of many names, in their order."""
    marked = [_marked(name) for name in names]
    return [name.translate(_readings).strip() for name in marked], [name.translate(_initials) for name in marked]


_HINTS = frozenset(phrase[0] for phrase in PHRASES)


def _marked(name: str) -> str:
    if _HINTS.isdisjoint(name):
        return name
    for phrase, mark in _MARKS.items():
        if phrase in name:
            name = name.replace(phrase, mark)
    return name
