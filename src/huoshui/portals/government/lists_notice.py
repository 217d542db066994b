"""Messages through the channels, declared as a list. What they say and to whom is nobody's to read here."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access import notice_texts, queries
from huoshui.access.actor import Actor
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, DateFilter, TextFilter

CHANNELS = {
    "recorded": Text("站内", "In-app"),
    "sms": Text("短信", "SMS"),
    "email": Text("邮件", "E-mail"),
    "wechat": Text("微信模板消息", "WeChat"),
}
STATES = {
    "queued": Text("待发送", "Waiting"),
    "sent": Text("已发送", "Sent"),
    "failed": Text("失败", "Failed"),
}
_PLACE = re.compile(r"\{\w+\}")
_TONES = {"queued": "yellow", "sent": "green", "failed": "red"}


def deliveries(actor: Actor) -> Table:
    """Return messages, the latest first."""
    return Table(
        name="deliveries",
        title=_("通知发送记录"),
        rows=queries.deliveries(actor),
        columns=(
            Column("at", _("时间"), "created_at", "minute", sort="id"),
            Column("said", _("内容（模板）"), _said, "words"),
            Column("template", _("模板"), _template, shown=False),
            Column("channel", _("渠道"), lambda row: CHANNELS[row.channel], sort="channel"),
            Column("state", _("状态"), lambda row: (STATES[row.state], _TONES[row.state]), "status", sort="state"),
            Column("attempts", _("次数"), "attempts", "count", sort="attempts"),
            Column("due", _("不早于"), "due_at", "minute"),
            Column("sent", _("发出时间"), "sent_at", "minute"),
            Column("error", _("原因"), "error", "words"),
        ),
        filters=(
            ChoiceFilter("channel", _("渠道"), choices=text_choices(CHANNELS)),
            ChoiceFilter("state", _("状态"), choices=text_choices(STATES)),
            TextFilter("template", _("模板"), fields=("notice__template",)),
            DateFilter("created", _("时间"), "created_at", moment=True),
        ),
        default_sort="-at",
        actions=(Action(_("通知模板"), reverse("gov:notice_templates"), primary=False),),
        lead=_("只显示渠道和结果，不显示内容和收件人。免打扰时段内的短信和微信消息等到时段结束再发。"),
        empty=Empty(_("还没有发送记录"), _("有通知时，每个渠道各记一条。")),
    )


def _said(row: Any) -> Text:
    """Return the template's words with its places left open: what it was about, and nobody's particulars."""
    words = notice_texts.all_templates().get(_template(row))
    return Text(*(_PLACE.sub("…", said) for said in (words.zh, words.en))) if words else Text("—", "—")


def _template(row: Any) -> str:
    return str(row.notice.template) if row.notice else "SIGN_IN_CODE"
