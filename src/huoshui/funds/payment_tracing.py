"""What the postings of claim-paying funds are about: the payment and its firm; and the loans such a fund moved."""

from __future__ import annotations

from django.db.models import Sum

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.scope import scope
from huoshui.financing import queries as loans
from huoshui.funds import queries_overview, reactions
from huoshui.funds.guarantee_lifecycle import FORCE_STATES
from huoshui.funds.models.compensation import CompensationLoan
from huoshui.funds.models.guarantee import Guarantee
from huoshui.funds.models.paying import Fund, PaymentLine, PaymentOrder
from huoshui.funds.models.subsidy import SubsidyLine
from huoshui.funds.queries_overview import FUND, Subject
from huoshui.kernel.money import human
from huoshui.kernel.text import Text


def install() -> None:
    """Make payments traceable, and the loans that subsidies moved countable."""
    queries_overview.trace("pay:", _about)
    queries_overview.of_firm(_of_firm)
    queries_overview.moved_by(FUND, _moved)


def _about(actor: Actor, source: str) -> Subject | None:
    number = source.split(":")[1]
    row = scope(actor, PaymentOrder.objects.filter(pk=int(number))).first() if number.isdigit() else None
    return None if row is None else _subject(row)


def _of_firm(actor: Actor, enterprise_id: int) -> list[Subject]:
    lines = PaymentLine.objects.filter(enterprise_id=enterprise_id).exclude(state="struck")
    orders = scope(actor, PaymentOrder.objects.filter(pk__in=lines.values("order_id"), posting__isnull=False))
    orders = orders.exclude(kind__in=reactions.kinds_with_books())  # these tell of themselves
    part = dict(lines.values_list("order_id").annotate(Sum("amount")))
    return [_subject(row, int(part[row.pk])) for row in orders.order_by("pk")]


def _subject(row: PaymentOrder, own: int = 0) -> Subject:
    """Return what a payment is about; *own*: the firm's part of it, fen, where others have a part too."""
    firms = set(row.lines.filter(enterprise__isnull=False).values_list("enterprise_id", flat=True))
    said = human(own or row.amount)
    if 0 < own < row.amount:
        whole = human(row.amount)
        said = Text(f"其中本企业 {said.zh}（全笔 {whole.zh}）", f"of it {said.en} for this firm ({whole.en} in all)")
    return Subject(
        Text(f"{row.number} {row.text}，{said.zh}", f"{row.number} {row.text}, {said.en}"),
        "gov:payment",
        row.pk,
        firms.pop() if len(firms) == 1 else None,
        (row.posting_id,) if row.posting_id else (),
    )


def _moved(code: str) -> int:
    """Return the loans (fen) that a fund moved: with a subsidy, registered in its pool, or guaranteed; each counts once."""
    lines = SubsidyLine.objects.filter(claim__fund__book__code=code)
    pooled = CompensationLoan.objects.filter(fund__book__code=code)
    ids = {*lines.values_list("loan_id", flat=True), *pooled.values_list("loan_id", flat=True)}
    drawn = loans.loans(SYSTEM).filter(pk__in=ids).aggregate(total=Sum("drawn"))["total"] or 0
    return int(drawn) + _guaranteed(code)


def _guaranteed(code: str) -> int:
    programme = Fund.objects.filter(book__code=code, kind="guarantee").values_list("programme_id", flat=True)
    rows = Guarantee.objects.filter(programme__programme_id__in=programme, state__in=FORCE_STATES)
    return int(rows.aggregate(total=Sum("amount"))["total"] or 0)
