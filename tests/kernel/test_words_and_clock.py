"""Texts in two languages, problems, decisions, and the moment it is."""

from __future__ import annotations

import datetime as dt

import pytest

from huoshui.kernel import clock
from huoshui.kernel.decisions import ALLOW, Decision, combine, refuse
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text

TOO_LATE = Problem(
    "too_late", Text("太晚了。", "Too late."), field="date", remedy=Text("请明天再来。", "Come back tomorrow.")
)
TOO_MUCH = Problem("too_much", Text("太多了。", "Too much."))


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "你好"), ("zh-hans", "你好"), ("en", "Hello"), ("EN-us", "Hello"), ("fr", "你好")]
)
def test_english_is_given_for_english_and_chinese_for_the_rest(language: str, words: str) -> None:
    assert Text("你好", "Hello").in_(language) == words
    assert str(Text("你好", "Hello")) == "你好"


def test_a_fact_that_is_a_text_is_said_in_the_language_of_the_sentence() -> None:
    said = Text("{bank}答复了。", "{bank} has answered.").format(bank=Text("晋商银行", "Jinshang Bank"))
    assert said == Text("晋商银行答复了。", "Jinshang Bank has answered.")


def test_a_problem_is_said_with_its_remedy() -> None:
    assert TOO_LATE.said() == "太晚了。 请明天再来。"
    assert TOO_LATE.said("en") == "Too late. Come back tomorrow."
    assert TOO_MUCH.said("en") == "Too much."


def test_a_refusal_carries_every_problem_and_speaks_as_the_first() -> None:
    refusal = Refused([TOO_LATE, TOO_MUCH])
    assert [problem.code for problem in refusal.problems] == ["too_late", "too_much"]
    assert (refusal.code, refusal.field, str(refusal)) == ("too_late", "date", "太晚了。")
    assert refusal.lines("en") == ["Too late. Come back tomorrow.", "Too much."]


def test_a_plain_error_is_one_problem() -> None:
    error = DomainError("odd", Text("奇怪。", "Odd."), field="x", value=3, facts={"y": 1})
    assert error.problems == (Problem("odd", Text("奇怪。", "Odd."), "x", 3, None, {"y": 1}),)


def test_a_lost_race_says_that_nothing_was_done() -> None:
    assert Stale(what="demand 12").problems[0].code == "stale"
    assert "没有生效" in str(Stale())


def test_a_refusal_without_a_reason_cannot_be_made() -> None:
    with pytest.raises(AssertionError):
        Refused([])
    with pytest.raises(AssertionError):
        refuse()


def test_a_decision_allows_exactly_when_nothing_stands_against_it() -> None:
    assert ALLOW.allowed
    assert ALLOW
    assert not refuse(TOO_LATE)
    ALLOW.or_refuse()
    with pytest.raises(Refused) as refusal:
        combine(ALLOW, refuse(TOO_LATE), refuse(TOO_MUCH)).or_refuse()
    assert refusal.value.problems == (TOO_LATE, TOO_MUCH)
    assert combine() == Decision()


def test_time_can_be_set_and_returns_to_the_machine() -> None:
    moment = dt.datetime(2025, 3, 15, 1, 0, tzinfo=dt.UTC)
    with clock.at(moment):
        assert clock.now().isoformat() == "2025-03-15T09:00:00+08:00"
        assert clock.today() == dt.date(2025, 3, 15)
        with clock.at(moment - dt.timedelta(days=1)):
            assert clock.today() == dt.date(2025, 3, 14)
        assert clock.today() == dt.date(2025, 3, 15)
    assert abs(clock.now() - dt.datetime.now(clock.ZONE)) < dt.timedelta(minutes=1)


def test_the_day_is_the_chinese_day() -> None:
    with clock.at(dt.datetime(2025, 3, 14, 16, 30, tzinfo=dt.UTC)):
        assert clock.today() == dt.date(2025, 3, 15)


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(AssertionError), clock.at(dt.datetime(2025, 3, 15)):
        pass
