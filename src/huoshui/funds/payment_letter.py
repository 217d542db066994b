"""The letter that tells a payee what is paid, for what and out of which fund (告知书), as PDF. The same view, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from noto_cjk_sans_otc import FONT_PATH

from huoshui.funds.queries_payment import LineView, PaymentView
from huoshui.kernel.money import rmb_capitals, yuan_text

_TEMPLATE = Path(__file__).parent / "data" / "letter.typ"


def pdf(view: PaymentView, *, firm_id: int | None = None) -> bytes:
    """Return the letter of a payment as PDF; lines struck or under objection are not in it.

    *firm_id*: to this firm, with its own lines only. What goes through a bank names the bank, not its account.
    """
    told = json.dumps(_told(view, firm_id), ensure_ascii=False)
    made: bytes = _compiler().compile(format="pdf", sys_inputs={"told": told})
    return made


@lru_cache(maxsize=1)
def _compiler() -> Any:
    return typst.Compiler(str(_TEMPLATE), font_paths=[str(Path(str(FONT_PATH)).parent)], ignore_system_fonts=True)


def _told(view: PaymentView, firm_id: int | None) -> dict[str, Any]:
    lines = [line for line in view.lines if line.state == "open" and firm_id in (None, line.enterprise_id)]
    total = view.amount if firm_id is None else sum(line.amount for line in lines)
    return {
        "lang": "zh",
        "title": "财政资金支付告知书",
        "number": view.number,
        "to": f"{_addressee(view, lines, firm_id)}：",
        "body": _body(view, firm_id),
        "heads": ["序号", "事项", "金额（元）"],
        "lines": [
            [str(at), f"{line.firm} {line.text}".strip(), yuan_text(line.amount)] for at, line in enumerate(lines, 1)
        ],
        "total": f"合计 {yuan_text(total)} 元（{rmb_capitals(total)}）。",
        "from": view.fund.name.zh,
        "date": str(view.paid_on or ""),
    }


def _addressee(view: PaymentView, lines: Sequence[LineView], firm_id: int | None) -> str:
    return view.payee if firm_id is None or not lines else lines[0].firm


def _body(view: PaymentView, firm_id: int | None) -> str:
    when = f"已于 {view.paid_on} 支付" if view.paid_on else f"目前状态：{view.state_name.zh}"
    account = f"收款账户 {view.payee_bank} 尾号 {view.payee_account[-4:]}，" if view.payee_account else ""
    if view.from_advance:
        account = "从已预拨的资金中抵扣，"
    if firm_id is not None and view.payee_kind != "firm":
        return f"“{view.fund.name.zh}”经 {view.payee} 办理“{view.text}”，{when}。其中涉及你单位的明细如下："
    return f"“{view.fund.name.zh}”向你单位支付“{view.text}”，{account}{when}。明细如下："
