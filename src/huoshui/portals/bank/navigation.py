"""The entries of the bank portal, in the order of a day's work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huoshui.access.roles import Permission as P
from huoshui.portals.shared.navigation import Entry

ENTRIES = (
    Entry(_("今天要做的"), "bank:home", "home"),
    Entry(_("收件箱"), "bank:inbox", "inbox", (P.READ_CASES,)),
    Entry(_("名单线索"), "bank:leads", "users", (P.READ_LISTS,)),
    Entry(_("抢单"), "bank:claims", "hand-stop", (P.HANDLE_CASES,)),
    Entry(_("贷款"), "bank:loans", "cash", (P.READ_CASES,)),
    Entry(_("应急周转"), "bank:bridges", "refresh", (P.READ_CASES,)),
    Entry(_("融资担保"), "bank:guarantees", "shield-check", (P.HANDLE_GUARANTEES, P.READ_CASES)),
    Entry(_("担保责任"), "bank:guarantee_exposure", "scale", (P.HANDLE_GUARANTEES,)),
    Entry(_("风险补偿"), "bank:compensation", "shield-check", (P.SUBMIT_CLAIMS,)),
    Entry(_("贴息申报"), "bank:subsidies", "receipt", (P.SUBMIT_CLAIMS,)),
    Entry(_("财政资金到账"), "bank:payments", "send", (P.SUBMIT_CLAIMS,)),
    Entry(_("上传还款"), "bank:repayments", "upload", (P.MANAGE_LOANS,)),
    Entry(_("产品"), "bank:products", "package", (P.READ_CASES,), _("管理")),
    Entry(_("网点接单能力"), "bank:branches", "building-bank", (P.MANAGE_CAPACITY,), _("管理")),
    Entry(_("投诉"), "bank:complaints", "message", (P.READ_CASES, P.HANDLE_GUARANTEES), _("管理")),
    Entry(_("对接活动"), "bank:events", "calendar-event", (P.READ_CASES, P.HANDLE_GUARANTEES), _("管理")),
    Entry(_("评价"), "bank:evaluations", "star", (P.READ_EVALUATION,), _("管理")),
    Entry(_("团队"), "bank:team", "users", (P.READ_CASES,), _("管理")),
)
