"""The letter that tells a payee what is paid, for what and out of which fund (告知书), as PDF. The same view, the same bytes."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from noto_cjk_sans_otc import FONT_PATH

from huoshui.funds.queries_payment import PaymentView
from huoshui.kernel.money import rmb_capitals, yuan_text

_TEMPLATE = Path(__file__).parent / "data" / "letter.typ"


def pdf(view: PaymentView) -> bytes:
    """Return the letter of a payment as PDF; lines struck or under objection are not in it."""
    told = json.dumps(_told(view), ensure_ascii=False)
    made: bytes = _compiler().compile(format="pdf", sys_inputs={"told": told})
    return made


@lru_cache(maxsize=1)
def _compiler() -> Any:
    return typst.Compiler(str(_TEMPLATE), font_paths=[str(Path(str(FONT_PATH)).parent)], ignore_system_fonts=True)


def _told(view: PaymentView) -> dict[str, Any]:
    when = f"已于 {view.paid_on} 支付" if view.paid_on else f"目前状态：{view.state_name.zh}"
    total = f"合计 {yuan_text(view.amount)} 元（{rmb_capitals(view.amount)}）。"
    lines = [line for line in view.lines if line.state == "open"]
    return {
        "lang": "zh",
        "title": "财政资金支付告知书",
        "number": view.number,
        "to": f"{view.payee}：",
        "body": f"“{view.fund.name.zh}”向你单位支付“{view.text}”，收款账户 {view.payee_bank} 尾号"
        f" {view.payee_account[-4:]}，{when}。明细如下：",
        "heads": ["序号", "事项", "金额（元）"],
        "lines": [
            [str(at), f"{line.firm} {line.text}".strip(), yuan_text(line.amount)] for at, line in enumerate(lines, 1)
        ],
        "total": total,
        "from": view.fund.name.zh,
        "date": str(view.paid_on or ""),
    }
