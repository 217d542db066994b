"""The entries of the government portal, in the order of a day's work; each role sees what it may open."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huoshui.access.roles import Permission as P
from huoshui.portals.shared.navigation import Entry

_LIST, _POLICY, _ADMIN, _AUDIT = _("融资需求"), _("政策与产品"), _("管理"), _("审计")
_FIGURES = _("统计")
_FUNDS = _("财政资金")

ENTRIES = (
    Entry(_("今天要做的"), "gov:home", "home"),
    Entry(_("全市一页"), "gov:board", "layout-grid", (P.READ_STATISTICS,)),
    Entry(_("申报清单"), "gov:declared", "clipboard-list", (P.JUDGE_DEMANDS,), _LIST),
    Entry(_("推荐清单"), "gov:recommended", "send", (P.DISPATCH_DEMANDS,), _LIST),
    Entry(_("批量派单"), "gov:dispatch_runs", "adjustments", (P.DISPATCH_DEMANDS,), _LIST),
    Entry(_("集群需求"), "gov:groups", "users-group", (P.DISPATCH_DEMANDS,), _LIST),
    Entry(_("卡点案件"), "gov:stuck", "alert-triangle", (P.DISPATCH_DEMANDS,), _LIST),
    Entry(_("修复中"), "gov:repairing", "tool", (P.JUDGE_DEMANDS,), _LIST),
    Entry(_("未获贷跟进"), "gov:care", "heart-handshake", (P.JUDGE_DEMANDS,), _LIST),
    Entry(_("全部需求"), "gov:demands", "list", (P.READ_DEMANDS,), _LIST),
    Entry(_("代填需求"), "gov:demand_new", "edit", (P.ENTER_DEMAND,), _LIST),
    Entry(_("今天的走访"), "gov:round", "route", (P.RECORD_VISIT,), _LIST),
    Entry(_("走访行动"), "gov:campaigns", "target", (P.PLAN_VISITS, P.READ_STATISTICS), _LIST),
    Entry(_("走访"), "gov:visits", "map-pin", (P.RECORD_VISIT,), _LIST),
    Entry(_("贷款码"), "gov:codes", "qrcode", (P.MANAGE_CODES,), _LIST),
    Entry(_("对接活动"), "gov:events", "calendar-event", (P.MANAGE_EVENTS,), _("服务")),
    Entry(_("服务大厅"), "gov:hall", "ticket", (P.WORK_HALL,), _("服务")),
    Entry(_("区县季度需求"), "gov:quarter_needs", "table", (P.PLAN_VISITS, P.READ_STATISTICS), _("服务")),
    Entry(_("投诉与异议"), "gov:complaints", "message", (P.HANDLE_COMPLAINTS,), _("服务")),
    Entry(_("企业"), "gov:enterprises", "building", (P.READ_REGISTER,), _("登记册")),
    Entry(_("企业名单"), "gov:firm_lists", "list", (P.READ_LISTS, P.MANAGE_LISTS), _("登记册")),
    Entry(_("数据导入"), "gov:imports", "upload", (P.IMPORT_REGISTER,), _("登记册")),
    Entry(_("产品审核"), "gov:approvals", "check", (P.APPROVE_PRODUCTS,), _POLICY),
    Entry(_("金融机构"), "gov:institutions", "building-bank", (P.APPROVE_PRODUCTS,), _POLICY),
    Entry(_("政策项目"), "gov:programmes", "file-text", (P.EDIT_PROGRAMMES, P.PUBLISH_PROGRAMMES), _POLICY),
    Entry(_("政策文件库"), "gov:policies", "book", (P.EDIT_POLICY_LIBRARY,), _POLICY),
    Entry(_("政策测算"), "gov:lab", "adjustments", (P.USE_POLICY_LAB,), _POLICY),
    Entry(_("政策参数"), "gov:parameters", "settings", (P.EDIT_PARAMETERS,), _POLICY),
    Entry(_("工作日历"), "gov:calendar", "calendar", (P.EDIT_PARAMETERS,), _POLICY),
    Entry(_("修复表"), "gov:repair_table", "table", (P.READ_DEMANDS, P.EDIT_PARAMETERS), _POLICY),
    Entry(_("资金总览"), "gov:money", "coins", (P.READ_FUNDS,), _FUNDS),
    Entry(_("贴息申报"), "gov:subsidy_claims", "receipt", (P.READ_FUNDS,), _FUNDS),
    Entry(_("风险补偿"), "gov:compensation", "shield-check", (P.READ_FUNDS,), _FUNDS),
    Entry(_("融资担保"), "gov:guarantees", "shield-check", (P.READ_FUNDS,), _FUNDS),
    Entry(_("支付"), "gov:payments", "send", (P.READ_FUNDS,), _FUNDS),
    Entry(_("支付文件"), "gov:payment_files", "file-text", (P.READ_FUNDS,), _FUNDS),
    Entry(_("银行对账"), "gov:bank_statements", "check", (P.READ_FUNDS,), _FUNDS),
    Entry(_("应急周转"), "gov:bridges", "refresh", (P.READ_FUNDS,), _FUNDS),
    Entry(_("通报与快报"), "gov:bulletins", "news", (P.READ_STATISTICS, P.MANAGE_BULLETINS), _FIGURES),
    Entry(_("金融机构评价"), "gov:evaluations", "star", (P.READ_STATISTICS, P.MANAGE_EVALUATION), _FIGURES),
    Entry(_("指标字典"), "gov:measures", "book", (P.READ_STATISTICS,), _FIGURES),
    Entry(_("区县与边界"), "gov:district_map", "map-pin", (P.READ_STATISTICS, P.MANAGE_EVALUATION), _FIGURES),
    Entry(_("机构"), "gov:organisations", "sitemap", (P.ADMINISTER_PEOPLE,), _ADMIN),
    Entry(_("人员与角色"), "gov:people", "users", (P.ADMINISTER_PEOPLE,), _ADMIN),
    Entry(_("系统状态"), "gov:system", "server", (P.ADMINISTER_SYSTEM,), _ADMIN),
    Entry(_("通知模板"), "gov:notice_templates", "message", (P.ADMINISTER_SYSTEM,), _ADMIN),
    Entry(_("通知发送记录"), "gov:deliveries", "send", (P.ADMINISTER_SYSTEM,), _ADMIN),
    Entry(_("审计事件"), "gov:audit", "history", (P.READ_AUDIT,), _AUDIT),
    Entry(_("核验审计链"), "gov:audit_verify", "shield-check", (P.READ_AUDIT,), _AUDIT),
    Entry(_("案件轨迹"), "gov:trail", "route", (P.READ_AUDIT,), _AUDIT),
)
