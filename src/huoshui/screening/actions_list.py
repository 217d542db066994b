"""Lists: set up, ruled anew, made again by hand or on schedule."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from huoshui.access import actions as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.registry import imports
from huoshui.registry import queries as registry
from huoshui.rules.tree import parse, to_json
from huoshui.screening import making, register_book, snapshots
from huoshui.screening.actions_lead import withdraw_excluded
from huoshui.screening.actions_run import may_manage
from huoshui.screening.list_kinds import KINDS, SCHEDULES, due
from huoshui.screening.membership import Ids
from huoshui.screening.models import ListDefinition, ListEdition, ListRule, Snapshot

_READY = Path(__file__).parent / "data" / "lists.json"


def install_ready(actor: Actor) -> int:
    """Set up the lists that come with the platform and are not there yet; return how many."""
    known = set(ListDefinition.objects.values_list("code", flat=True))
    new = [each for each in json.loads(_READY.read_text(encoding="utf-8"))["lists"] if each["code"] not in known]
    for each in new:
        define(actor, **each)
    return len(new)


def define(
    actor: Actor,
    *,
    code: str,
    kind: str,
    name: str,
    name_en: str,
    source: str,
    criteria: Mapping[str, Any],
    document_no: str,
    schedule: str = "manual",
    without: Sequence[str] = (),
    needs_products: int = 0,
) -> int:
    """Set up a list with its first rule; return its id. Raises Refused with everything that is wrong."""
    may_manage(actor)
    problems = _problems(code=code, kind=kind, schedule=schedule, texts={"name": name, "source": source})
    if ListDefinition.objects.filter(code=code).exists():
        problems.append(_problem("list_known", f"代码“{code}”已有名单。", f"“{code}” is a list already.", "code", code))
    tree = _read(criteria, without, document_no, problems)
    with transaction.atomic():
        made = ListDefinition.objects.create(
            code=code,
            kind=kind,
            name=name,
            name_en=name_en or name,
            source=source,
            schedule=schedule,
            created_at=clock.now(),
        )
        _add_rule(actor, made, 1, tree, without, needs_products, document_no)
        record(actor, "LIST_DEFINED", ("list", made.pk), facts={"name": name})
    return int(made.pk)


def change_rule(
    actor: Actor,
    *,
    list_id: int,
    criteria: Mapping[str, Any],
    document_no: str,
    without: Sequence[str] = (),
    needs_products: int = 0,
) -> int:
    """Give a list its next rule; editions made before keep theirs. Returns the rule's number."""
    may_manage(actor)
    tree = _read(criteria, without, document_no, [])
    with transaction.atomic():
        held = ListDefinition.objects.select_for_update().filter(pk=list_id).first()
        if held is None:
            raise _no_list(list_id)
        last = ListRule.objects.filter(definition=held).order_by("-number").values_list("number", flat=True)[0]
        _add_rule(actor, held, last + 1, tree, without, needs_products, document_no)
        facts = {"name": held.name, "number": last + 1, "document": document_no}
        record(actor, "LIST_RULE_CHANGED", ("list", held.pk), facts=facts)
    return int(last) + 1


def _add_rule(
    actor: Actor,
    held: ListDefinition,
    number: int,
    tree: Mapping[str, Any],
    without: Sequence[str],
    needs_products: int,
    document_no: str,
) -> None:
    ListRule.objects.create(
        definition=held,
        number=number,
        criteria=tree,
        without=list(without),
        needs_products=needs_products,
        document_no=document_no,
        made_by=str(actor.person_id or "system"),
        made_at=clock.now(),
    )


def make(actor: Actor, *, codes: Collection[str], snapshot: Snapshot | None = None) -> list[ListEdition]:
    """Make the next edition of each list of *codes* from one pass over today's snapshot; exclusions come first.

    A list whose rule and snapshot are those of its last edition is not made again: that edition is returned. Firms that
    came onto an exclusion list are taken back from banks; those that came to qualify for a scheme are told.
    """
    may_manage(actor)
    known = ListDefinition.objects.filter(code__in=codes, active=True)
    if missing := sorted(set(codes) - set(known.values_list("code", flat=True))):
        raise _no_list("、".join(missing))
    kept = snapshot or snapshots.take(actor)
    rules = sorted(register_book.newest_rules(known), key=lambda rule: rule.definition.kind != "exclusion")
    done, waiting = [], []
    for rule in rules:
        last = ListEdition.objects.filter(definition=rule.definition, number=rule.definition.last_number).first()
        same = last is not None and (last.rule_id, last.snapshot_id) == (rule.pk, kept.pk) and not rule.without
        done.append(last) if same and last else waiting.append(rule)
    return [*done, *_make(actor, waiting, kept)]


def _make(actor: Actor, rules: Sequence[ListRule], kept: Snapshot) -> list[ListEdition]:
    if not rules:
        return []
    everybody, drawn = making.draw(snapshots.path_of(kept), rules, as_of=kept.as_of)
    made = []
    for each in drawn:
        with transaction.atomic(), acting(SYSTEM):
            edition, came = making.write(actor, everybody, each, kept)
            _tell(actor, edition, came)
        made.append(edition)
    return made


def _tell(actor: Actor, edition: ListEdition, came: Ids) -> None:
    """What a new edition sets going."""
    kind, name = edition.definition.kind, {"zh": edition.definition.name, "en": edition.definition.name_en}
    if kind == "exclusion" and len(came):
        withdraw_excluded(came.tolist())
    if kind != "scheme":
        return
    # when a scheme is published, everybody who meets its conditions newly qualifies: the first edition tells them all
    told = registry.represented(came.tolist())
    for firm in sorted(told):
        access.notify(
            actor, template="SCHEME_QUALIFIES", facts={"name": name}, link="/my/standing/", enterprise_id=firm
        )
    if told:
        facts = {"count": len(told), "name": edition.definition.name}
        record(actor, "SCHEME_TOLD", ("list", edition.definition_id), facts=facts)


def make_due(actor: Actor) -> list[ListEdition]:
    """Make every list whose day has come, schemes included."""
    may_manage(actor)
    _follow_schemes(actor)
    today = clock.today()
    newest = ListEdition.objects.order_by("definition_id", "-number").distinct("definition_id")
    last = dict(newest.values_list("definition_id", "as_of"))
    codes = [
        each.code
        for each in ListDefinition.objects.filter(active=True)
        if due(each.schedule, last=last.get(each.pk), today=today)
    ]
    return make(actor, codes=codes, snapshot=snapshots.of_today(actor)) if codes else []


def make_changed(actor: Actor) -> list[ListEdition]:
    """Make exclusion lists again, and those that leave their firms out, when a file came in after the last edition."""
    may_manage(actor)
    last = ListEdition.objects.filter(definition__kind="exclusion").order_by("-made_at").first()
    finished = [
        batch.finished_at for batch in imports.batches(actor, limit=20) if batch.state == "done" and not batch.dry_run
    ]
    if last is None or not any(moment and moment > last.made_at for moment in finished):
        return []
    rules = register_book.newest_rules(ListDefinition.objects.filter(active=True))
    codes = [each.definition.code for each in rules if each.definition.kind == "exclusion" or each.without]
    return make(actor, codes=codes)


def _follow_schemes(actor: Actor) -> None:
    """Keep one list for each preferential programme that is published, with the programme's own rule."""
    for each in catalogue.published_programmes("preferential"):
        code, tree = f"scheme-{each.code}"[:40], to_json(each.criteria)
        held = ListDefinition.objects.filter(code=code).first()
        if held is None:
            define(
                actor,
                code=code,
                kind="scheme",
                name=each.name.zh[:80],
                name_en=each.name.en[:120],
                source=each.issued_by or each.document_no,
                criteria=tree,
                document_no=each.document_no,
                schedule="daily",
            )
        elif register_book.newest_rules([held])[0].criteria != tree:
            change_rule(actor, list_id=held.pk, criteria=tree, document_no=each.document_no)


def _problems(*, code: str, kind: str, schedule: str, texts: Mapping[str, str]) -> list[Problem]:
    found = []
    if not code or len(code) > 40 or not code.replace("-", "").replace("_", "").isalnum() or not code.isascii():
        found.append(
            _problem(
                "bad_code", "代码应为 1–40 位字母、数字或短横线。", "Use 1–40 letters, digits or hyphens.", "code", code
            )
        )
    if kind not in KINDS:
        found.append(_problem("bad_kind", "没有这种名单。", "No such kind of list.", "kind", kind))
    if schedule not in SCHEDULES:
        found.append(_problem("bad_schedule", "没有这种更新频率。", "No such schedule.", "schedule", schedule))
    for field, text in texts.items():
        if not text.strip():
            found.append(_problem("empty", "不能为空。", "This is needed.", field, text))
    return found


def _read(
    criteria: Mapping[str, Any], without: Sequence[str], document_no: str, problems: list[Problem]
) -> dict[str, Any]:
    """Return the rule as it is stored. Raises Refused with *problems* and everything wrong with the rule."""
    known = set(ListDefinition.objects.filter(code__in=without, kind="exclusion").values_list("code", flat=True))
    for code in without:
        if code not in known:
            problems.append(
                _problem("no_exclusion", f"没有排除名单“{code}”。", f"No exclusion list “{code}”.", "without", code)
            )
    if not document_no.strip():
        problems.append(
            _problem("empty", "请填写依据的文件。", "Name the document behind the rule.", "document_no", "")
        )
    try:
        tree = to_json(parse(criteria, registry.dictionary()))
    except Refused as refusal:
        raise Refused([*problems, *refusal.problems]) from None
    if problems:
        raise Refused(problems)
    return tree


def _problem(code: str, zh: str, en: str, field: str, value: object) -> Problem:
    return Problem(code, Text(zh, en), field, value)


def _no_list(value: object) -> DomainError:
    return DomainError("no_list", Text("没有这个名单。", "There is no such list."), field="list", value=value)
