"""The service side of the demo city: policy documents that people ask about, complaints, events, a morning at the hall."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.catalogue import queries as catalogue
from huoshui.config.demo.city import hands_of
from huoshui.kernel import clock
from huoshui.service import actions_complaint, actions_event, actions_hall, actions_policy
from huoshui.service.actions_campaign import Wanted
from huoshui.service.actions_policy import Written

CALLS = (  # what people said on the phone, and the answer where there is one already
    ("申请页面上传营业执照一直转圈，试了三次。", "照片过大，已放宽到 20 兆并在页面写明，请再试。"),
    ("贷款码海报上的字太小，老人看不清。", ""),
)
MEETINGS = (  # days from today, kind, title, its English, firms invited
    (-40, "matchmaking", "餐饮业政银企对接会", "Matchmaking for restaurants", 20),
    (-12, "session", "贴息政策专题讲座", "Session on interest subsidies", 15),
    (6, "matchmaking", "年底备货融资对接会", "Matchmaking for year-end stock", 25),
    (13, "roadshow", "专精特新企业股权路演", "Equity road-show of specialised firms", 10),
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
    _complain()
    _meet()
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


def _meet() -> None:
    lead = access.actor_named(hands_of("140105")[0])
    for days, kind, title, title_en, firms in MEETINGS:
        begins = (clock.now() + dt.timedelta(days=days)).replace(hour=14, minute=0, second=0, microsecond=0)
        plan = actions_event.Plan(
            kind=kind, title=title, title_en=title_en, place="小店区政务服务大厅三层", seats=60, starts_at=begins,
            ends_at=begins + dt.timedelta(hours=2), wanted=Wanted(kind="company", most=firms),
        )  # fmt: skip
        with clock.at(min(begins, clock.now()) - dt.timedelta(days=7)):
            event = actions_event.open_event(lead, plan=plan)
        if days < 0:
            actions_event.end_event(lead, event_id=event)


def _queue() -> None:
    desk = access.actor_named("desk")
    for topic in ("loan", "subsidy", "loan", "advice", "bridge", "loan"):
        actions_hall.draw(desk, topic=topic)
    for window in (1, 3):
        actions_hall.call_next(desk, window=window)
    actions_hall.report_need(
        access.actor_named(hands_of("140105")[0]), year=clock.today().year, quarter=(clock.today().month + 2) // 3,
        firms=86, amount=21_600_000_000, words="餐饮、批发零售，年底备货和续租",
    )  # fmt: skip
