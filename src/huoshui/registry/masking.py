"""What a reader sees without the firm's consent: enough to judge whether to ask, too little to know who it is.

Personal Information Protection Law: no data to a bank without separate consent naming receiver, purpose and kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from huoshui.kernel.text import Text

# Limits of the bands in 元 that stand for an amount. Default of the platform; the classes of the size table are near.
BAND_LIMITS_YUAN = (0, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000)
_BAND_WORDS = (
    "10万元以下",
    "10万–50万元",
    "50万–100万元",
    "100万–500万元",
    "500万–1000万元",
    "1000万–5000万元",
    "5000万–1亿元",
)
_BAND_EN = (
    "below CNY 100,000",
    "CNY 100,000–500,000",
    "CNY 500,000–1 million",
    "CNY 1–5 million",
    "CNY 5–10 million",
    "CNY 10–50 million",
    "CNY 50–100 million",
)
# each band as it stands in a masked view → the same in both languages
BANDS: dict[str, Text] = {
    **{zh: Text(zh, en) for zh, en in zip(_BAND_WORDS, _BAND_EN, strict=True)},
    "负数": Text("负数", "below zero"),
    "1亿元及以上": Text("1亿元及以上", "CNY 100 million or more"),
}
_DISTRICT = re.compile(r"^(?:.{2,8}?省)?(?:.{2,10}?市)?.{1,8}?[区县市旗]")


def mask_name(name: str) -> str:
    """Return *name* with its middle starred: two characters at each end stay, one of a short name.

    As many stars for every name: its length would help to find it.
    """
    return f"{name[:1]}***" if len(name) <= 4 else f"{name[:2]}****{name[-2:]}"


def mask_uscc(uscc: str) -> str:
    """Return the credit code with registrar, division and last two characters only."""
    return uscc[:8] + "*" * 8 + uscc[-2:]


def mask_phone(phone: str) -> str:
    """Return the phone with its middle starred."""
    return phone[:3] + "*" * max(len(phone) - 7, 0) + phone[-4:] if len(phone) >= 7 else "*" * len(phone)


def mask_address(address: str) -> str:
    """Return *address* up to its district; nothing when no district can be made out."""
    found = _DISTRICT.match(address)
    return f"{found.group()}***" if found else ("***" if address else "")


def band(fen: int) -> str:
    """Return the band, in words, that an amount in *fen* falls in (lower end belongs to the band)."""
    if fen < 0:
        return "负数"
    for upper, words in zip(BAND_LIMITS_YUAN[1:], _BAND_WORDS, strict=True):
        if fen < upper * 100:
            return words
    return "1亿元及以上"


def mask_facts(values: Mapping[str, Any], money: frozenset[str]) -> dict[str, Any]:
    """Return *values* with each amount (codes in *money*, fen) as its band and every other number as it is."""
    return {code: band(value) if code in money and isinstance(value, int) else value for code, value in values.items()}
