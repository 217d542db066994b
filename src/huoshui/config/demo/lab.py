"""Two drafts of the policy lab: a subsidy made wider and made narrower, counted on the register of this week."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.catalogue import queries_schemes
from huoshui.kernel import clock
from huoshui.screening import actions_lab, queries_lab, snapshots
from huoshui.screening.lab_money import read, spending

CODE = "SUB-YZ-ZXZN"
LOAN = {"take_up_pct": "10.4", "loan_amount": "1000000.00", "rate_pct": "3.45", "months": 12, "cost_pct": "2"}
WIDER = {"fact": "district_code", "op": "in", "value": ["140105", "140106"]}
NARROWER = {"fact": "tax_grade", "op": "in", "value": ["A", "B", "M"]}


def draft() -> None:
    """Save the drafts as the finance bureau's officer would."""
    snapshots.latest() or snapshots.take(SYSTEM)
    maker = access.actor_named("finance.maker")
    file = queries_schemes.scheme(maker, CODE)
    version = file.versions[0]
    wide, narrow = deepcopy(version.criteria), deepcopy(version.criteria)
    wide["all"] = [WIDER if node.get("fact") == "district_code" else node for node in wide["all"]]
    narrow["all"].append(NARROWER)
    for name, note, criteria in (
        ("支小支农贴息扩到小店区", "迎泽区和小店区都能享受", wide),
        ("支小支农贴息加纳税等级", "纳税信用等级 A、B、M 才享受", narrow),
    ):
        actions_lab.save_draft(
            maker,
            name=name,
            note=note,
            base=f"programme:{CODE}:{version.number}",
            kind=file.kind,
            criteria=criteria,
            terms=version.terms,
            assumptions=LOAN,
            **_counted(maker, criteria, version),
        )


def _counted(maker: Any, criteria: dict[str, Any], version: Any) -> dict[str, Any]:
    found = queries_lab.effect(maker, criteria, version.criteria)
    assert found is not None, "there is a snapshot"
    effect, ground = found
    moved = spending(effect.after[0], "subsidy", version.terms, read(LOAN), on=clock.today())
    counts = dict(zip(("yes", "no", "unknown"), effect.after, strict=True))
    return {
        "snapshot": ground.sha256,
        "figures": {**counts, "loans": moved.loans, "lent": moved.lent, "cost": moved.cost},
    }
