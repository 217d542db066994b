"""Walk one invented firm's way from a code on a wall to money, and write docs/tour.md with a picture of each place.

Usage: python scripts/tour.py      needs chromium; takes about two minutes; ends its own server and database.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from scripts.png_palette import lighten  # noqa: E402
from tests.journeys.browser import chromium  # noqa: E402
from tests.journeys.site import AXE, CHROMIUM, running  # noqa: E402
from tests.journeys.way import INVENTED, Way, firm_named, hang_code, walk  # noqa: E402

PICTURES, PAGE = ROOT / "docs" / "pictures", ROOT / "docs" / "tour.md"
MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Stop:
    """A picture of the tour: its file, who looks, what there is to see in both languages."""

    picture: str
    en: str
    zh: str


TOUR: dict[str, tuple[Stop, ...]] = {
    "The firm, at a telephone · 企业（手机）": (
        Stop(
            "firm-1-find",
            "The owner has scanned a loan code and types a part of the firm's name. No account, no password.",
            "店主扫码后输入企业名称的一部分，不用注册，不用密码。",
        ),
        Stop(
            "firm-2-need",
            "After the code sent to the phone and a photo of the licence: how much, how long, what for.",
            "验证手机、拍营业执照后，填写金额、期限和用途。",
        ),
        Stop(
            "firm-3-consent",
            "Consent says who reads which data, for what, until when. It is not ticked beforehand.",
            "授权写明谁看、看什么、做什么用、到哪天为止，不预先勾选。",
        ),
        Stop(
            "matches",
            "What the firm may have, cheapest all-in annual cost first, with the reasons; below, what would open more.",
            "能申请的产品按全部成本（年化）从低到高，写明为什么符合；下面是差一步就能申请的。",
        ),
        Stop(
            "firm-4-send",
            "Each bank gets a consent of its own before the demand is sent.",
            "发送之前，对每家银行单独授权。",
        ),
    ),
    "The county taskforce · 县级专班": (
        Stop(
            "county-1-declared",
            "The declared list: who waits, since when, from where.",
            "申报清单：谁在等、等了多久、从哪里来。",
        ),
        Stop(
            "county-2-judge",
            "Five standards with the evidence line by line; the officer judges, the data only suggest.",
            "五项标准逐项列出依据；系统只提示，由工作人员判断。",
        ),
        Stop(
            "county-3-dispatch",
            "Before dispatching, the lead sees which branch would be asked and why.",
            "派单之前，负责人看到将派给哪家网点、为什么。",
        ),
    ),
    "The bank · 银行": (
        Stop(
            "bank-1-home",
            "An account manager's first page answers one question: what must I do now?",
            "客户经理的首页只回答一个问题：现在要做什么。",
        ),
        Stop("bank-2-inbox", "The inbox, first due first.", "收件箱按到期时间排列。"),
        Stop(
            "bank-3-case",
            "The case: what is asked, the deadlines, the data that the firm agreed to show, every act possible now.",
            "案件：需求、时限、企业同意展示的数据、现在可以做的每一步。",
        ),
        Stop(
            "bank-4-grant",
            "Papers complete, the bank decides: amount, rate, term, method, security.",
            "材料齐全后银行作出决定：金额、利率、期限、还款方式、担保方式。",
        ),
        Stop(
            "bank-5-loan",
            "Contract signed and money paid out; the schedule follows from the actual days.",
            "合同签订、放款登记后，按实际天数生成还款计划。",
        ),
    ),
    "Back at the telephone · 回到手机": (
        Stop(
            "firm-5-tracking",
            "The owner follows every step like a parcel, to the money in the account.",
            "店主像查快递一样看到每一步，直到放款。",
        ),
    ),
}


def main() -> int:
    """Walk, check the pictures, write the page; return the exit status."""
    if CHROMIUM is None or not AXE.exists():
        print("The tour needs chromium (apt install chromium) and the front-end packages (make install).")
        return 1
    with running("huoshui_tour", INVENTED) as site, chromium() as browser:
        way = Way(site, browser, firm_named(site, "清泉餐具"), pictures=PICTURES)
        walk(way, hang_code(site))
    for line in way.problems:
        print(f"PROBLEM {line}")
    heavy = [one for one in shown() if lighten(PICTURES / f"{one.picture}.png") > MOST_BYTES]
    for one in heavy:
        print(f"PROBLEM {one.picture}.png is heavier than {MOST_BYTES:,} bytes")
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{len(shown())} pictures in {PICTURES.relative_to(ROOT)}, {PAGE.relative_to(ROOT)} written")
    return 1 if way.problems or heavy else 0


def shown() -> list[Stop]:
    """Return every stop in order."""
    return [stop for stops in TOUR.values() for stop in stops]


def page() -> str:
    """Return the tour in Markdown."""
    lines = [
        "# A tour: from a code on a wall to money in the account · 从扫码到放款",
        "",
        "One invented firm's way, walked by `make tour` in a real browser through the firm's pages (360 px wide) and those",
        "of the county taskforce and the bank (1440 px). `tests/journeys/` walks the same steps as a test.",
        "",
        "以下为一家虚构企业的全过程，由 `make tour` 在真实浏览器中走完并截图。",
    ]
    for title, stops in TOUR.items():
        lines += ["", f"## {title}"]
        for stop in stops:
            lines += ["", stop.en, "", stop.zh, "", f"![{stop.en}](pictures/{stop.picture}.png)"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
