"""What a person at an office must do now: work of their roles counted, the urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission as P
from huoshui.catalogue import queries as catalogue
from huoshui.financing import queries as financing
from huoshui.funds import queries_bridge as bridge
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.portals.government import home_work, system
from huoshui.portals.shared.lines import Link, Task


def tasks(actor: Actor) -> list[Task]:
    """Return what waits for *actor*, urgent first; nothing where nothing waits."""
    found = [Task(line.title, line.count, line.link, line.urgent) for line in financing.today(actor)]
    found += [task for permission, find in _WORK if actor.may(permission) for task in find(actor) if task.count]
    return sorted(found, key=lambda task: not task.urgent)


def quick(actor: Actor) -> list[Link]:
    """Return the acts that a person of these roles begins most often."""
    return [Link(label, reverse(name)) for permission, label, name in _quick() if actor.may(permission)]


def _approvals(actor: Actor) -> Iterator[Task]:
    waiting = catalogue.waiting_versions(actor).count()
    yield Task(Text("个产品等待审核", "products wait for approval"), waiting, reverse("gov:approvals"))


def _calendar(actor: Actor) -> Iterator[Task]:
    today = clock.today()
    year = today.year if today.month < 11 else today.year + 1
    missing = 0 if year in catalogue.calendar().years else 1
    said = Text(f"个年度的放假安排待录入（{year} 年）", f"year without holidays entered ({year})")
    yield Task(said, missing, f"{reverse('gov:calendar')}?year={year}", urgent=year == today.year)


def _rates(actor: Actor) -> Iterator[Task]:
    late = [kind for kind in ("lpr_1y", "lpr_5y") if (view := catalogue.reference_rate_view(kind)) and view.late]
    said = Text("个参考利率超过一个半月没有更新", "reference rates not updated for six weeks")
    yield Task(said, len(late), reverse("gov:parameters"))


def _people(actor: Actor) -> Iterator[Task]:
    people = access.people(access.people_of(actor))
    locked = sum(1 for view in people if view.locked_until)
    idle = sum(1 for view in people if view.active and not view.roles)
    yield Task(Text("个账号被锁定", "accounts are locked"), locked, reverse("gov:people"), urgent=True)
    yield Task(Text("个人员还没有角色", "people without a role"), idle, reverse("gov:people"))


def _system(actor: Actor) -> Iterator[Task]:
    wrong = sum(1 for finding in system.findings() if not finding.ok)
    failed = sum(line.count for line in system.jobs() if line.failed)
    yield Task(Text("项体检有问题", "findings need attention"), wrong, reverse("gov:system"), urgent=True)
    yield Task(Text("个后台任务失败", "background jobs failed"), failed, reverse("gov:system"), urgent=True)


def _bridge(actor: Actor) -> Iterator[Task]:
    if actor.org_kind == "auditor":  # reads the fund, and has nothing to do about an advance
        return
    waiting, link = bridge.waiting(actor), reverse("gov:bridges")
    yield Task(Text("笔应急周转逾期", "bridge advances are overdue"), waiting.overdue, f"{link}?out=1", urgent=True)
    yield Task(Text("笔应急周转两天内到期", "bridge advances are due"), waiting.due_soon, f"{link}?out=1", urgent=True)
    if actor.may(P.PREPARE_PAYMENTS):
        said = Text("笔应急周转待审核预留", "bridge requests to approve")
        yield Task(said, waiting.maker, f"{link}?state=committed")
        yield Task(
            Text("笔应急周转等资金归还", "bridge advances to come back"), waiting.to_return, f"{link}?state=renewed"
        )
    if actor.may(P.APPROVE_PAYMENTS):
        said = Text("笔应急周转待复核批准", "bridge advances to approve")
        yield Task(said, waiting.checker, f"{link}?state=reserved")


_WORK: tuple[tuple[P, Callable[[Actor], Iterator[Task]]], ...] = (
    (P.APPROVE_PRODUCTS, _approvals),
    (P.EDIT_PARAMETERS, _calendar),
    (P.EDIT_PARAMETERS, _rates),
    (P.READ_FUNDS, _bridge),
    (P.ADMINISTER_PEOPLE, _people),
    (P.ADMINISTER_SYSTEM, _system),
    *home_work.WORK,
)


def _quick() -> tuple[tuple[P, str, str], ...]:
    return (
        (P.RECORD_VISIT, _("记走访"), "gov:visit_new"),
        (P.ENTER_DEMAND, _("代填需求"), "gov:demand_new"),
        (P.MANAGE_CODES, _("新建贷款码"), "gov:code_new"),
        (P.WORK_HALL, _("登记进度"), "gov:hall_stage"),
        (P.HANDLE_COMPLAINTS, _("登记来电"), "gov:complaint_new"),
        (P.MANAGE_EVENTS, _("办一场活动"), "gov:event_new"),
        (P.APPROVE_PRODUCTS, _("产品"), "gov:products"),
        (P.IMPORT_REGISTER, _("导入文件"), "gov:import_upload"),
        (P.READ_AUDIT, _("审计事件"), "gov:audit"),
        (P.READ_AUDIT, _("核验审计链"), "gov:audit_verify"),
        (P.ADMINISTER_PEOPLE, _("添加人员"), "gov:person_new"),
    )
