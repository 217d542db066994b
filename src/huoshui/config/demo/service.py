"""The service side of the demo city: policy documents that people ask about, complaints, events, a morning at the hall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.catalogue import queries as catalogue
from huoshui.config.demo.city import COUNTIES, hands_of
from huoshui.config.demo.history import owner_of
from huoshui.financing import actions as financing
from huoshui.financing import queries as cases
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.service import actions_complaint, actions_event, actions_hall, actions_policy, queries_event
from huoshui.service.actions_policy import Written

Owners = Callable[[int], Actor]
CALLS = (  # what people said on the phone, and the answer where there is one already
    ("申请页面上传营业执照一直转圈，试了三次。", "照片过大，已放宽到 20 兆并在页面写明，请再试。"),
    ("贷款码海报上的字太小，老人看不清。", ""),
)
# days ago, what the firm said of its bank, what was done after how many days: (act, days, words or stars)
STORIES: tuple[tuple[int, str, tuple[tuple[str, int, str], ...]], ...] = (
    (210, "贷款利率与介绍时不一致。", (("accept", 1, ""), ("reply", 6, "已按公示利率更正合同。"), ("rate", 7, "5"))),
    (160, "要求购买保险才放款。", (("accept", 1, ""), ("reply", 9, "已退保退费，并通报该网点。"), ("rate", 10, "4"))),
    (110, "评估费没有事先说明。", (("accept", 2, ""), ("reply", 8, "评估公司已退费。"), ("rate", 9, "5"))),
    (
        75,
        "放款比约定晚了十天。",
        (
            ("accept", 1, ""),
            ("reply", 12, "系统升级所致，已补办。"),
            ("rate", 13, "1"),
            ("reply", 20, "已减免当期利息。"),
            ("rate", 21, "4"),
        ),
    ),
    (48, "客户经理多次改口要补材料。", (("accept", 1, ""), ("reply", 10, "已一次性列明材料。"), ("rate", 11, "2"))),
    (40, "提前还款被收违约金。", (("accept", 1, ""),)),  # past its day: told to the offices above
    (26, "网点说没有这个产品。", (("accept", 1, ""), ("reply", 5, "网点已培训，请再次前往。"))),
    (15, "利息扣了两次。", (("accept", 1, ""), ("ask_evidence", 2, "请提供扣款短信或流水截图。"))),
    (9, "想换一家银行办理，不满意推荐。", (("refuse", 1, "可在平台上自行转给其他银行，不属投诉。"),)),
    (6, "还款账户被误冻结。", (("accept", 1, ""),)),
    (4, "合同复印件一直没给。", (("withdraw", 1, ""),)),
    (2, "额度批下来比申请少，没有说明原因。", ()),
)
QUESTIONS = ("没有抵押能贷多少？", "续贷要先还本金吗？", "贴息怎么申请？")
STAGES = (
    ("comparison", "三家报价已登记"),
    ("account", "明早带公章开户"),
    ("diligence", "客户经理周四上门"),
    ("approval", ""),
)

POLICIES = (
    Written(
        title="服务业经营主体贷款贴息政策解读",
        title_en="Interest subsidy for service firms, explained",
        issuer="财政部等四部门",
        issued_on=dt.date(2026, 1, 20),
        programme_code="SUB-SVC-2026",
        summary="餐饮、养老、旅游等服务业的新增贷款，财政每年补 1 个百分点的利息，最长 1 年，本金最多按 1000 万元算。",
        summary_en="New loans of restaurants, care homes, tourism and other services get 1 percentage point of the yearly "
        "interest for at most a year, on at most 10,000,000 yuan of principal.",
        papers=("营业执照", "借款合同", "贷款用途凭证"),
        questions=(
            (
                "贴息怎么申请，要什么材料",
                "不用另外申请。贷款银行按合同和还息记录算好，利息少收的部分由财政补给银行；您只需保留贷款用途凭证。",
                "How do I apply for the subsidy, and what papers does it need?",
                "You need not apply. The bank reckons it from the contract and the interest you paid and charges you less; "
                "keep the proof of what the loan was used for.",
            ),
            (
                "贷款逾期了还能贴息吗",
                "逾期期间停止贴息，还清逾期后从次日起恢复。",
                "Is there a subsidy while the loan is overdue?",
                "No; it goes on from the day after the arrears are paid.",
            ),
        ),
    ),
    Written(
        title="个体工商户贷款常见问题",
        title_en="Loans for individual businesses: common questions",
        issuer="平台运营中心",
        issued_on=dt.date(2026, 5, 20),
        summary="没有纳税证明、没有报表的个体工商户，可以用收款流水、订单、租约证明经营。",
        summary_en="An individual business without tax certificate or accounts may prove its trade by takings, orders "
        "and its lease.",
        papers=("营业执照", "近 6 个月收款流水", "经营场所租约或产权证明"),
        questions=(
            (
                "个体工商户没有纳税证明能申请吗",
                "能。核定征收或未达起征点的，用近 6 个月收款流水和租约代替；不同银行要求不同，平台匹配时会写明。",
                "May an individual business without tax certificate apply?",
                "Yes. Six months of takings and the lease stand in for it; what each bank asks is shown with its offer.",
            ),
        ),
    ),
    Written(
        title="企业应急周转保障资金使用办法解读",
        title_en="The emergency bridge fund, explained",
        number="晋政办发〔2023〕55号",
        issuer="山西省人民政府办公厅",
        issued_on=dt.date(2023, 8, 1),
        programme_code="BRIDGE-TY",
        summary="流动资金贷款快到期、银行答应续贷的企业，可以先用财政资金还旧贷，最长 20 天，按实际天数收费。",
        summary_en="A firm whose working-capital loan is about to mature and whose bank promises to renew it may repay "
        "with public money for at most 20 days, paid by the day.",
        papers=("借款合同", "银行续贷承诺书", "上年度完税证明"),
        questions=(
            (
                "应急周转资金要收多少钱",
                "5 天内归还按一年期基准利率，第 6 至 20 天按 1.5 倍，按实际使用天数算，早还少付。",
                "What does the bridge fund cost?",
                "Within 5 days the one-year benchmark rate, from day 6 to 20 one and a half times it, by the day.",
            ),
        ),
    ),
)


def play() -> None:
    """Fill the library; a document names its programme while that is in force."""
    in_force = {view.code for view in catalogue.published_programmes()}
    for document in POLICIES:
        code = document.programme_code
        written = document if code in in_force else replace(document, programme_code="")
        pk = actions_policy.save_document(SYSTEM, written=written)
        actions_policy.publish_document(SYSTEM, document_id=pk)
    now = clock.now()
    _complain()
    owner = cache(owner_of)  # a code is sent again only after a while
    _told(now, owner)
    _objections(owner)
    _meet(owner)
    _give_out()
    _queue()


def _complain() -> None:
    lead, officer, _visitor = (access.actor_named(username) for username in hands_of("140105"))
    for words, act in CALLS:
        made = actions_complaint.file_complaint(
            officer, kind="complaint", subject="platform", words=words, contact="李女士 0351-****-118"
        )
        if act:
            actions_complaint.act_on_complaint(lead, complaint_id=made.id, act="accept")
            actions_complaint.act_on_complaint(lead, complaint_id=made.id, act="reply", words=act)


def _told(today: dt.datetime, owner_of: Owners) -> None:
    """Let firms with loans complain about their banks, and the counties' offices deal with it."""
    loans = cases.loans(SYSTEM).order_by("pk").values_list("enterprise_id", "bank_id", "district_code")
    for (days, words, acts), (firm, bank, district) in zip(STORIES, loans, strict=False):
        owner, lead = owner_of(firm), access.actor_named(hands_of(district)[0])
        day = today - dt.timedelta(days=days)
        with clock.at(day):
            told = actions_complaint.file_complaint(
                owner, kind="complaint", subject="bank", words=words, enterprise_id=firm, target_id=bank
            )
        for act, after, said in acts:
            mark = {"stars": int(said)} if act == "rate" else {"words": said}
            with clock.at(day + dt.timedelta(days=after)):
                who = owner if act in ("rate", "withdraw") else lead
                actions_complaint.act_on_complaint(who, complaint_id=told.id, act=act, **mark)
    actions_complaint.escalate_late(SYSTEM)


def _objections(owner_of: Owners) -> None:
    """A firm complains about a bank that it never met, another asks about its score, a third rates its case low."""
    loans = list(
        cases.loans(SYSTEM).order_by("-pk").values_list("enterprise_id", "bank_id", "referral__demand_id")[:30]
    )
    if len(loans) < 2:  # a city of a few firms has lent nothing yet
        return
    firm, _bank, demand = loans[0]
    never = next(one.org_id for one in catalogue.institutions() if one.org_id not in {row[1] for row in loans})
    file = actions_complaint.file_complaint
    file(
        owner_of(firm), kind="complaint", subject="bank", words="打电话推销贷款。", enterprise_id=firm, target_id=never
    )
    file(
        owner_of(loans[1][0]),
        kind="objection",
        subject="score",
        words="开票数据少了两个月。",
        enterprise_id=loans[1][0],
    )
    with suppress(DomainError):  # its demand may have been rated by the year's history
        actions_complaint.rate_service(owner_of(firm), demand_id=demand, stars=1, comment="等了一个月才有人联系。")


def _meet(owner_of: Owners) -> None:
    """Have firms of the coming events register with a question; one gets its answer at once."""
    for event in queries_event.coming():
        lead = access.actor_named(hands_of(event.district_code)[0])
        lines = queries_event.attendances(lead, event.pk).order_by("pk").values_list("pk", "enterprise_id")
        for number, ((line, firm), question) in enumerate(zip(lines, QUESTIONS, strict=False)):
            actions_event.answer_invitation(
                owner_of(firm), event_id=event.pk, enterprise_id=firm, comes=True, question=question
            )
            if number == 0:
                actions_event.answer_question(lead, attendance_id=line, answer="信用贷款最高 500 万元，看纳税和流水。")


def _give_out() -> None:
    """A group with its members, some demands open to be claimed, one day's plan confirmed and another to look at."""
    place = "140105"
    lead = access.actor_named(hands_of(place)[0])
    today = clock.today()
    financing.open_to_claim(lead, demand_ids=_recommended(place, 3))
    group = financing.create_group(
        lead, kind="market", name="服装城商户集群", district_code=place, organiser="服装城市场管理公司",
        summary="年底备货，二十余户商户统一申请", closes_on=today + dt.timedelta(days=30),
    )  # fmt: skip
    members = cases.demands(SYSTEM).filter(district_code=place, state__in=["declared", "repairing"]).order_by("pk")
    financing.add_members(lead, group_id=group, demand_ids=list(members.values_list("pk", flat=True)[:4]))
    confirmed = False
    for district in COUNTIES:
        if district == place or not _recommended(district, 3):
            continue
        other = access.actor_named(hands_of(district)[0])
        run = financing.plan_run(other)
        if confirmed:
            break
        financing.confirm_run(other, run_id=run)
        confirmed = True


def _recommended(district: str, most: int) -> list[int]:
    """Judge and recommend some of a county's newest demands; return those that wait to be given out."""
    lead, officer, _visitor = (access.actor_named(name) for name in hands_of(district))
    rows = cases.demands(SYSTEM).filter(district_code=district, group__isnull=True)
    declared = rows.filter(state="declared", platform_chooses=True).order_by("-pk").values_list("pk", flat=True)[:most]
    for pk in list(declared):
        financing.judge_all(officer, demand_id=pk, verdicts=[(standard, "yes", "") for standard in range(1, 6)])
        financing.recommend(lead, demand_ids=[pk])
    return list(rows.filter(state="recommended", platform_chooses=True).values_list("pk", flat=True)[:most])


def _queue() -> None:
    desk = access.actor_named("desk")
    for topic in ("loan", "subsidy", "loan", "advice", "bridge", "loan"):
        actions_hall.draw(desk, topic=topic)
    for window in (1, 3):
        actions_hall.call_next(desk, window=window)
    drawn = cases.loans(SYSTEM).order_by("pk").values_list("enterprise_id", "bank_id")[20:]
    for (firm, bank), (stage, note) in zip(drawn, STAGES, strict=False):
        with_bank = None if stage == "comparison" else bank
        actions_hall.report_stage(desk, enterprise_id=firm, stage=stage, bank_id=with_bank, note=note)
    actions_hall.report_need(
        access.actor_named(hands_of("140105")[0]), year=clock.today().year, quarter=(clock.today().month + 2) // 3,
        firms=86, amount=21_600_000_000, words="餐饮、批发零售，年底备货和续租",
    )  # fmt: skip
