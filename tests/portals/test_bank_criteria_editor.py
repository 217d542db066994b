"""The criteria editor: trees become rows, rows become trees, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from huoshui.portals.shared.criteria_editor import (
    ROOT,
    ROW_LIMIT,
    FactField,
    Group,
    Row,
    edited,
    from_post,
    from_tree,
    operators,
    rows,
    to_tree,
)
from huoshui.portals.shared.criteria_view import editor

FACTS = {
    "tax_paid_last_year": FactField("tax_paid_last_year", "上年纳税额", "money", "税务"),
    "staff": FactField("staff", "从业人数", "number", "人社", "人"),
    "tax_grade": FactField("tax_grade", "纳税信用等级", "grade", "税务", "", (("A", "A"), ("B", "B"), ("M", "M"))),
    "dishonest": FactField("dishonest", "失信被执行人", "flag", "法院"),
    "established_on": FactField("established_on", "成立日期", "date", "市场监管"),
    "industry_code": FactField("industry_code", "行业代码", "code", "市场监管"),
    "labels": FactField("labels", "标签", "labels", "工信", "", (("高新技术", "高新技术"), ("涉农", "涉农"))),
}
TREE = {
    "all": [
        {"fact": "tax_paid_last_year", "op": ">=", "value": "100000.00"},
        {
            "any": [
                {"fact": "tax_grade", "op": "in", "value": ["A", "B", "M"]},
                {"fact": "labels", "op": "has", "value": "高新技术"},
            ]
        },
        {"not": {"fact": "dishonest", "op": "=", "value": True}},
    ]
}


def posted(node: Group | Row, data: QueryDict | None = None) -> QueryDict:
    """Return the form data that the page of *node* would send."""
    data = QueryDict(mutable=True) if data is None else data
    if node.negated:
        data[f"{node.path}.not"] = "on"
    if isinstance(node, Group):
        data[f"{node.path}.kind"], data[f"{node.path}.n"] = node.kind, str(len(node.children))
        for child in node.children:
            posted(child, data)
    else:
        data[f"{node.path}.fact"], data[f"{node.path}.op"] = node.fact, node.op
        data.setlist(f"{node.path}.value", list(node.values))
    return data


def test_a_tree_comes_back_as_it_was():
    assert to_tree(from_tree(TREE, FACTS), FACTS) == (TREE, ())


def test_money_is_shown_in_wan_and_kept_in_yuan():
    group = from_tree({"fact": "tax_paid_last_year", "op": ">=", "value": "125000.00"}, FACTS)
    assert next(rows(group)).values == ("12.5",)
    assert to_tree(group, FACTS)[0]["all"][0]["value"] == "125000.00"


def test_a_posted_form_is_the_tree_it_showed():
    group = from_tree(TREE, FACTS)
    assert from_post(posted(group)) == group


def test_a_doubled_negation_is_read_as_none():
    atom = {"fact": "dishonest", "op": "=", "value": True}
    assert to_tree(from_tree({"not": {"not": atom}}, FACTS), FACTS)[0] == {"all": [atom]}


def test_a_row_is_added_to_the_group_that_was_named():
    group = edited(from_tree(TREE, FACTS), f"add:{ROOT}-1")
    assert len(group.children[1].children) == 3
    assert group.children[1].children[2].path == f"{ROOT}-1-2"


def test_a_removed_row_takes_nothing_else_with_it():
    group = edited(from_tree(TREE, FACTS), f"remove:{ROOT}-0")
    assert [row.fact for row in rows(group)] == ["tax_grade", "labels", "dishonest"]
    assert group.children[0].path == f"{ROOT}-0"


def test_the_root_stays():
    group = from_tree(TREE, FACTS)
    assert edited(group, f"remove:{ROOT}") == group


def test_a_new_group_starts_with_one_empty_row():
    group = edited(from_tree(TREE, FACTS), f"group:{ROOT}")
    assert group.children[-1] == Group(f"{ROOT}-3", "any", (Row(f"{ROOT}-3-0"),))


def test_no_more_rows_than_the_limit():
    group = Group(ROOT, "all", tuple(Row(f"{ROOT}-{i}") for i in range(ROW_LIMIT)))
    assert edited(group, f"add:{ROOT}") == group


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row("r-0"), "no_fact"),
        (Row("r-0", "moon_phase", "=", ("full",)), "unknown_fact"),
        (Row("r-0", "dishonest", ">=", ("true",)), "no_operator"),
        (Row("r-0", "staff", ">=", ()), "no_value"),
        (Row("r-0", "staff", ">=", ("many",)), "not_number"),
        (Row("r-0", "staff", ">=", ("NaN",)), "not_number"),
        (Row("r-0", "staff", "between", ("5",)), "no_value"),
        (Row("r-0", "staff", "between", ("9", "5")), "between_order"),
        (Row("r-0", "tax_paid_last_year", ">=", ("三十万",)), "not_money"),
        (Row("r-0", "established_on", "<=", ("2026-02-30",)), "not_date"),
        (Row("r-0", "established_on", "months_since>=", ("1.5",)), "not_date"),
        (Row("r-0", "dishonest", "=", ("maybe",)), "not_flag"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_at_the_row(row, code):
    _tree, problems = to_tree(Group(ROOT, "all", (row,)), FACTS)
    assert [(problem.path, problem.code) for problem in problems] == [("r-0", code)]


def test_an_empty_group_is_not_a_rule():
    assert [problem.code for problem in to_tree(Group(ROOT), FACTS)[1]] == ["empty_group"]


def test_every_problem_is_named_at_once():
    group = Group(ROOT, "all", (Row("r-0"), Row("r-1", "staff", ">=", ("x",)), Group("r-2", "any")))
    assert [problem.code for problem in to_tree(group, FACTS)[1]] == ["no_fact", "not_number", "empty_group"]


def test_presence_needs_no_value():
    group = Group(ROOT, "all", (Row("r-0", "staff", "known"),))
    assert to_tree(group, FACTS) == ({"all": [{"fact": "staff", "op": "known"}]}, ())


def test_a_form_deeper_than_the_limit_is_cut_instead_of_followed():
    data = QueryDict(mutable=True)
    path = ROOT
    for _ in range(50):
        data[f"{path}.kind"], data[f"{path}.n"] = "all", "1"
        path += "-0"
    depth, node = 0, from_post(data)
    while isinstance(node, Group) and node.children:
        depth, node = depth + 1, node.children[0]
    assert depth <= 6


def test_a_count_that_lies_makes_no_more_rows_than_the_limit():
    data = QueryDict(mutable=True)
    data.update({"r.kind": "all", "r.n": "999999"})
    assert len(from_post(data).children) == ROW_LIMIT


@pytest.mark.parametrize(
    ("row", "widget"),
    [
        (Row("r-0", "staff", "between"), "text_pair"),
        (Row("r-0", "staff", "known"), "none"),
        (Row("r-0", "tax_grade", "in"), "ticks"),
        (Row("r-0", "tax_grade", "="), "select"),
        (Row("r-0", "dishonest", "="), "flag"),
        (Row("r-0", "established_on", "months_since>="), "text"),
        (Row("r-0", "established_on", "between"), "date_pair"),
        (Row("r-0"), "none"),
    ],
)
def test_each_fact_gets_the_input_that_fits(row, widget):
    assert editor(Group(ROOT, "all", (row,)), FACTS).children[0].widget == widget


def test_an_operator_that_no_longer_fits_falls_back_to_the_usual_one():
    shown = editor(Group(ROOT, "all", (Row("r-0", "dishonest", "between", ("1", "2")),)), FACTS)
    assert [choice.value for choice in shown.children[0].operators if choice.selected] == ["="]


def test_a_problem_is_shown_in_words_with_the_value_read():
    group = Group(ROOT, "all", (Row("r-0", "staff", ">=", ("x",)),))
    assert "x" in editor(group, FACTS, to_tree(group, FACTS)[1]).children[0].problem


_amounts = st.integers(0, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
_atoms = st.one_of(
    st.builds(lambda v: {"fact": "tax_paid_last_year", "op": ">=", "value": v}, _amounts),
    st.builds(lambda v: {"fact": "staff", "op": "<", "value": v}, st.integers(0, 10_000)),
    st.builds(lambda v: {"fact": "established_on", "op": "months_since>=", "value": v}, st.integers(0, 600)),
    st.builds(lambda v: {"fact": "dishonest", "op": "=", "value": v}, st.booleans()),
    st.builds(
        lambda v: {"fact": "tax_grade", "op": "in", "value": v},
        st.lists(st.sampled_from("ABM"), min_size=1, unique=True),
    ),
    st.sampled_from([{"fact": name, "op": "missing"} for name in FACTS]),
)
_trees = st.recursive(
    st.one_of(_atoms, _atoms.map(lambda atom: {"not": atom})),
    lambda inner: st.builds(
        lambda kind, children: {kind: children},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
).filter(lambda tree: "all" in tree or "any" in tree)


def _depth(tree):
    children = tree.get("all") or tree.get("any") or []
    return 1 + max((_depth(child) for child in children), default=0)


@given(_trees.filter(lambda tree: _depth(tree) <= 5))
def test_any_tree_survives_page_and_post(tree):
    assert to_tree(from_post(posted(from_tree(tree, FACTS))), FACTS) == (tree, ())


def test_facts_offer_only_operators_that_make_sense():
    assert operators(None) == ()
    assert "between" not in operators(FACTS["labels"])
    assert operators(FACTS["established_on"])[0] == "months_since>="
