"""What a run over the whole register found: firms by rule, and its three files as they lie on disk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.screening.actions_run import results
from huoshui.screening.models import ListDefinition, ScreeningRun
from huoshui.screening.register_book import LIST, PRODUCT, SCHEME

FILES = ("counts.parquet", "verdicts.parquet", "manifest.json")
KINDS: dict[str, Text] = {
    PRODUCT: Text("产品", "Product"),
    SCHEME: Text("政策", "Scheme"),
    LIST: Text("名单", "List"),
}
RUN_STATES: dict[str, Text] = {
    ScreeningRun.State.QUEUED.value: Text("排队", "Queued"),
    ScreeningRun.State.RUNNING.value: Text("运行中", "Running"),
    ScreeningRun.State.DONE.value: Text("已完成", "Done"),
    ScreeningRun.State.FAILED.value: Text("失败", "Failed"),
}


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule of a run and how many firms it is met by, failed by, undecided for; *before*: met in the run before."""

    code: str
    kind: str
    name: Text
    owner: Text
    yes: int
    no: int
    unknown: int
    before: int | None

    @property
    def share(self) -> float:
        """Return the firms that meet the rule, of all of them."""
        return self.yes / (self.yes + self.no + self.unknown or 1)


def runs(actor: Actor) -> QuerySet[ScreeningRun]:
    """Return the runs over the whole register, newest first."""
    if actor.kind != "system" and not actor.may(Permission.MANAGE_LISTS):
        return ScreeningRun.objects.none()
    return ScreeningRun.objects.select_related("snapshot").order_by("-id")


def run(actor: Actor, run_id: int) -> ScreeningRun:
    """Return a run. Raises DomainError (no_such_run) where *actor* may not see it."""
    if (found := runs(actor).filter(pk=run_id).first()) is None:
        raise DomainError("no_such_run", Text("没有这次筛查。", "There is no such run."), field="run", value=run_id)
    return found


def rule_counts(actor: Actor, run_id: int, *, district: str = "") -> list[RuleCount]:
    """Return what each rule of a finished run found, in *district* or everywhere; empty while the run goes on."""
    held = run(actor, run_id)
    earlier = runs(actor).filter(pk__lt=run_id, state="done").first()
    before = _counts(earlier, district) if earlier else {}
    names = _names(held.as_of)
    found = []
    for code, (yes, no, unknown) in _counts(held, district).items():
        kind = f"{code.partition(':')[0]}:"
        name, owner = names.get(code, (Text(code, code), Text("", "")))
        was = before.get(code)
        found.append(RuleCount(code, kind, name, owner, yes, no, unknown, was[0] if was else None))
    return found


def result_file(actor: Actor, run_id: int, name: str) -> Path:
    """Return the path of one of a finished run's FILES. Raises DomainError where there is none."""
    held = run(actor, run_id)
    path = results(held) / name
    if name not in FILES or held.state != "done" or not path.exists():
        raise DomainError("no_such_file", Text("没有这个文件。", "There is no such file."), field="file", value=name)
    return path


def _counts(held: ScreeningRun, district: str) -> dict[str, tuple[int, int, int]]:
    file = results(held) / "counts.parquet"
    if held.state != "done" or not file.exists():
        return {}
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in pq.read_table(file).to_pylist():
        total = found[line["rule"]]
        if not district or line["district"] == district:
            for at, name in enumerate(("yes", "no", "unknown")):
                total[at] += line[name]
    return {code: (yes, no, unknown) for code, (yes, no, unknown) in found.items()}


def _names(on: dt.date) -> dict[str, tuple[Text, Text]]:
    """Return what each rule is called and whose it is."""
    nobody = Text("", "")
    names = {f"{PRODUCT}{each.code}": (each.name, each.bank_name) for each in catalogue.offered_products(on)}
    names |= {
        f"{SCHEME}{each.code}": (each.name, Text(each.document_no, each.document_no))
        for each in catalogue.published_programmes(on=on)
    }
    lists = ListDefinition.objects.values_list("code", "name", "name_en")
    return names | {f"{LIST}{code}": (Text(zh, en), nobody) for code, zh, en in lists}
