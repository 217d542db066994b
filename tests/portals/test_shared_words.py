"""What templates say: money, rates, days, deadlines, masks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from huoshui.kernel.clock import ZONE
from huoshui.kernel.text import Text
from huoshui.portals.shared.deadlines import deadline
from huoshui.portals.shared.templatetags import huoshui as tags

NOW = dt.datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("due", "zh", "en", "overdue"),
    [
        (dt.datetime(2026, 3, 19, 17, 30, tzinfo=ZONE), "剩 3 天", "3 days left", False),
        (dt.datetime(2026, 3, 17, 0, 0, tzinfo=ZONE), "剩 1 天", "1 day left", False),
        (dt.datetime(2026, 3, 16, 17, 30, tzinfo=ZONE), "今天到期，剩 7 小时", "due today, 7 h left", False),
        (dt.datetime(2026, 3, 16, 10, 59, tzinfo=ZONE), "不到 1 小时", "less than an hour left", False),
        (dt.datetime(2026, 3, 16, 10, 0, tzinfo=ZONE), "不到 1 小时", "less than an hour left", False),
        (dt.datetime(2026, 3, 16, 9, 59, tzinfo=ZONE), "已超时 1 小时", "1 h late", True),
        (dt.datetime(2026, 3, 14, 10, 0, tzinfo=ZONE), "已超时 2 天", "2 days late", True),
        (dt.date(2026, 3, 16), "今天到期，剩 13 小时", "due today, 13 h left", False),
        (dt.date(2026, 3, 15), "已超时 10 小时", "10 h late", True),
    ],
)
def test_a_deadline_is_said_in_words(due, zh, en, overdue):
    said = deadline(due, NOW)
    assert (said.words.zh, said.words.en, said.overdue) == (zh, en, overdue)


def test_a_clock_that_stands_is_never_late():
    said = deadline(dt.date(2020, 1, 1), NOW, paused=True)
    assert said.words.zh == "已停表"
    assert not said.overdue


@pytest.mark.parametrize(
    ("fen", "yuan", "wan", "yi"),
    [
        (950_050, "9,500.50", "0.95 万元", "0 亿元"),
        (900_000_000, "9,000,000.00", "900 万元", "0.09 亿元"),
        (344_800_000_000, "3,448,000,000.00", "344,800 万元", "34.48 亿元"),
        (-1_500_000, "-15,000.00", "-1.5 万元", "0 亿元"),
        (None, "—", "—", "—"),
        ("", "—", "—", "—"),
    ],
)
def test_money_in_three_units(fen, yuan, wan, yi):
    assert tags.yuan(fen) == yuan
    assert tags.wan(fen) == wan
    assert tags.yi(fen).replace("-0 ", "0 ") == yi


def test_money_in_english_is_in_yuan():
    with translation.override("en"):
        assert tags.wan(900_000_000) == "CNY 9,000,000"


@pytest.mark.parametrize(
    ("rate", "said"), [(34_500, "3.45%"), (Decimal("3.45"), "3.45%"), (Decimal("3.0323"), "3.0323%"), (None, "—")]
)
def test_rates_carry_their_sign(rate, said):
    assert tags.pct(rate) == said


def test_a_text_is_said_in_the_language_of_the_page():
    text = Text("是", "yes")
    assert tags.say(text) == "是"
    with translation.override("en"):
        assert tags.say(text) == "yes"


@pytest.mark.parametrize(
    ("text", "shown"), [("13800000001", "138*****001"), ("王小二", "王*二"), ("王", "*"), ("", "—"), ("李四", "李*")]
)
def test_masks_hide_the_middle(text, shown):
    assert tags.mask(text) == shown


def test_moments_are_said_in_chinese_time():
    assert tags.minute(dt.datetime(2026, 3, 15, 17, 0, tzinfo=dt.UTC)) == "2026-03-16 01:00"
    assert tags.day(dt.date(2026, 3, 15)) == "2026-03-15"
    assert tags.day(None) == "—"


def test_a_badge_has_words_and_an_icon_and_escapes_both():
    badge = tags.status("<b>", "green")
    assert "&lt;b&gt;" in badge
    assert "circle-check" in badge


def test_the_key_of_a_form_survives_a_refused_try(rf):
    template = Template("{% form_key %}")
    first = template.render(Context({"request": rf.get("/")}))
    again = template.render(Context({"request": rf.post("/", {"form_key": "abc"})}))
    assert 'value="abc"' in again
    assert first != template.render(Context({"request": rf.get("/")}))
