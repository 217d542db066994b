"""Criteria of products and programmes, read against the city's fact dictionary."""

from __future__ import annotations

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules.contradiction import contradictions, said
from huoshui.rules.tree import Node, parse


def read(tree: object) -> Node:
    """Return the node of a stored tree. Raises Refused where a fact it names is no longer in the dictionary."""
    return parse(tree, registry.dictionary())


def problems(tree: object) -> list[Problem]:
    """Return everything that is wrong with a tree a bank or office wrote; empty when nothing is.

    Conditions that no firm can meet together are wrong too, where one fact alone shows it.
    """
    if tree is None:
        return [Problem("criteria_missing", Text("请填写准入条件。", "The criteria are missing."), "criteria")]
    try:
        node = parse(tree, registry.dictionary())
    except Refused as refusal:
        return list(refusal.problems)
    return [Problem("criteria_contradict", said(clash), "criteria") for clash in contradictions(node)]
