"""What waits beside demands and products: complaints, events, the hall, public money, figures, messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission as P
from huoshui.audit import queries as audit
from huoshui.funds import queries_compensation, queries_payment, queries_subsidy
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.portals.shared.lines import Task
from huoshui.service import queries_campaign, queries_complaint, queries_event, queries_hall
from huoshui.statistics import queries as figures

SOON = dt.timedelta(days=3)
WEEK = dt.timedelta(days=7)
# what an auditor looks at first; the reading is theirs, the deciding was others'
WATCHED = {
    "ACCESS_REFUSED": Text("次越权访问被拒（近 7 天）", "pages refused within 7 days"),
    "ACCOUNT_LOCKED": Text("次账号被锁定（近 7 天）", "accounts locked within 7 days"),
    "FACTOR_RESET": Text("次重置第二验证方式（近 7 天）", "second factors reset within 7 days"),
    "ROLE_GRANTED": Text("次授予角色（近 7 天）", "roles granted within 7 days"),
    "PARAMETER_SET": Text("次调整政策参数（近 7 天）", "policy values changed within 7 days"),
    "ENTERPRISE_READ": Text("次查看企业资料（近 7 天）", "firms' data read within 7 days"),
}


def complaints(actor: Actor) -> Iterator[Task]:
    """Yield matters that are late, due or not taken up."""
    wait, link = queries_complaint.waiting(actor, soon=clock.today() + SOON), reverse("gov:complaints")
    yield Task(Text("件投诉已逾期", "complaints are late"), wait["late"], link, urgent=True)
    yield Task(Text("件投诉三天内到期", "complaints are due within three days"), wait["soon"], link, urgent=True)
    yield Task(Text("件投诉待受理", "complaints to take up"), wait["received"], f"{link}?state=received")


def events(actor: Actor) -> Iterator[Task]:
    """Yield questions to answer and events to close."""
    wait, link = queries_event.waiting(actor), reverse("gov:events")
    yield Task(Text("个活动提问待回答", "questions at events to answer"), wait.questions, f"{link}?state=open")
    yield Task(Text("场活动已过期未结束", "events are over and not closed"), wait.to_close, f"{link}?state=open")
    yield Task(Text("场活动一周内举行", "events within a week"), wait.coming, f"{link}?state=open")


def hall(actor: Actor) -> Iterator[Task]:
    """Yield today's queue."""
    waiting = queries_hall.queue(actor).filter(state__in=["booked", "waiting"]).count()
    yield Task(Text("个号在等候", "numbers wait"), waiting, reverse("gov:hall"))


def calls(actor: Actor) -> Iterator[Task]:
    """Yield firms of open campaigns that the visitor has still to see."""
    left = [call for call in queries_campaign.calls(actor) if call.visited_on is None]
    late = sum(1 for call in left if call.until < clock.today())
    link = reverse("gov:round")
    yield Task(Text("户走访已过期限", "firms to visit are late"), late, link, urgent=True)
    yield Task(Text("户待走访", "firms to visit"), len(left) - late, link)


def prepare(actor: Actor) -> Iterator[Task]:
    """Yield claims and payments that wait for whoever prepares them."""
    subsidy = queries_subsidy.claims(actor, state="filed").count()
    yield Task(
        Text("份贴息申报待受理", "subsidy claims to accept"), subsidy, f"{reverse('gov:subsidy_claims')}?state=filed"
    )
    loss = queries_compensation.claims(actor).filter(state="filed").count()
    yield Task(
        Text("份补偿申请待审核", "compensation claims to check"), loss, f"{reverse('gov:compensation')}?state=filed"
    )
    queue, link = queries_payment.queue(actor), reverse("gov:payments")
    noticed, sent = queries_payment.to_publish(actor), queue.get("approved", (0, 0))[0]
    yield Task(Text("笔支付待公示", "payments to publish"), noticed, f"{link}?state=checked")
    yield Task(Text("笔支付待生成文件", "payments to put in a file"), sent, f"{link}?state=approved")
    back = queue.get("returned", (0, 0))[0]
    yield Task(Text("笔支付被退回", "payments came back"), back, f"{link}?state=returned", urgent=True)


def check(actor: Actor) -> Iterator[Task]:
    """Yield payments that wait for whoever checks and approves them."""
    queue, link = queries_payment.queue(actor), reverse("gov:payments")
    yield Task(Text("笔支付待复核", "payments to check"), queue.get("computed", (0, 0))[0], f"{link}?state=computed")
    yield Task(Text("笔支付可以批准", "payments may be approved"), queries_payment.to_approve(actor), link)
    yield Task(
        Text("笔支付公示中", "payments under notice"), queue.get("in_notice", (0, 0))[0], f"{link}?state=in_notice"
    )


def bulletins(actor: Actor) -> Iterator[Task]:
    """Yield drafts that another person must freeze, and frozen ones not published."""
    rows, link = figures.bulletins(actor).order_by(), reverse("gov:bulletins")
    mine = rows.filter(state="draft").exclude(drafted_by_id=actor.person_id).count()
    yield Task(Text("份通报待定稿", "bulletins to freeze"), mine, f"{link}?state=draft")


def evaluations(actor: Actor) -> Iterator[Task]:
    """Yield evaluations whose time is up and appeals to answer."""
    wait, link = figures.evaluations_waiting(actor), reverse("gov:evaluations")
    yield Task(Text("件评价申诉待答复", "appeals to answer"), wait.appeals, link, urgent=True)
    yield Task(Text("轮评价自评已截止", "evaluations whose self-scoring is over"), wait.to_close, link)
    yield Task(Text("轮评价可以公布", "evaluations to publish"), wait.to_publish, link)


def messages(actor: Actor) -> Iterator[Task]:
    """Yield messages that did not leave."""
    queued, failed = access.unsent(actor)
    link = reverse("gov:deliveries")
    yield Task(Text("条通知一周内发送失败", "messages failed this week"), failed, f"{link}?state=failed", urgent=True)
    yield Task(Text("条通知待发送", "messages wait to be sent"), queued, f"{link}?state=queued")


def watched(actor: Actor) -> Iterator[Task]:
    """Yield what whoever reads the log should look at: the week's events of a few kinds, each opening what it counts."""
    since = clock.today() - WEEK + dt.timedelta(days=1)
    midnight = dt.datetime.combine(since, dt.time(), clock.ZONE)
    rows = audit.events(actor).filter(kind__in=list(WATCHED), at__gte=midnight).order_by()
    found = dict(rows.values_list("kind").annotate(n=Count("pk")).values_list("kind", "n"))
    for kind, words in WATCHED.items():
        link = f"{reverse('gov:audit')}?kind={kind}&at_from={since.isoformat()}"
        yield Task(words, found.get(kind, 0), link)


WORK = (
    (P.HANDLE_COMPLAINTS, complaints),
    (P.MANAGE_EVENTS, events),
    (P.WORK_HALL, hall),
    (P.RECORD_VISIT, calls),
    (P.PREPARE_PAYMENTS, prepare),
    (P.APPROVE_PAYMENTS, check),
    (P.MANAGE_BULLETINS, bulletins),
    (P.MANAGE_EVALUATION, evaluations),
    (P.ADMINISTER_SYSTEM, messages),
    (P.READ_AUDIT, watched),
)
