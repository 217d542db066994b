"""Tables of policy as data: the repair table, policy values, the dictionary of measures, drafts of the lab, messages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.access import wordings
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing.standards import NAMES as STANDARDS
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.portals.government import figures_page, lab_lists, policy
from huoshui.portals.government.figures_page import Definition
from huoshui.portals.government.lab_lists import DraftLine
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import ChoiceFilter, TextFilter
from huoshui.screening.queries_lab import Draft
from huoshui.statistics.measures import groups

WHOLE = 200  # rows a page of tables that people read from top to bottom


def repair(actor: Actor) -> Table:
    """Return the repair table; who edits policy values may change a row."""
    edits = actor.may(Permission.EDIT_PARAMETERS)
    rows = list(catalogue.repair_measures())
    departments = sorted({row.department.zh: row.department for row in rows}.items())
    return Table(
        name="repair-table",
        title=_("修复表"),
        rows=rows,
        columns=(
            Column("problem", _("问题"), link=lambda row: _measure(row) if edits else "", sort="problem.zh"),
            Column("standard", _("标准"), lambda row: _standard(row.standard), sort="standard"),
            Column("department", _("责任部门"), sort="department.zh"),
            Column("measure", _("修复措施"), format="words"),
            Column("repairable", _("能否修复"), _repairable, "status", sort="repairable"),
            Column("code", _("代码"), shown=False),
        ),
        filters=(
            TextFilter("q", _("问题或措施"), fields=("problem.zh", "problem.en", "measure.zh", "measure.en")),
            ChoiceFilter("standard", _("标准"), choices=[(str(n), _standard(n)) for n in STANDARDS]),
            ChoiceFilter("department", _("责任部门"), "department.zh", choices=departments),
        ),
        key="code",
        per_page=WHOLE,
        actions=(Action(_("新增一行"), reverse("gov:repair_measure_new")),) if edits else (),
        lead=_("不符合标准的企业不是退掉，而是写明问题、责任部门和措施，修复后自动回到申报清单。"),
        empty=Empty(_("修复表是空的"), _("由市级金融办用“新增一行”补充；换一个筛选条件试试。")),
    )


def _measure(row: Any) -> str:
    return reverse("gov:repair_measure", args=[row.code])


def _standard(number: int | None) -> Text | None:
    return (
        Text(f"{number}. {STANDARDS[number].zh}", f"{number}. {STANDARDS[number].en}") if number in STANDARDS else None
    )


def _repairable(row: Any) -> tuple[str, str]:
    return (gettext("可修复"), "green") if row.repairable else (gettext("不可修复"), "secondary")


def parameters() -> Table:
    """Return every policy value in force, by subject."""
    found = policy.groups(catalogue.parameters_on(), on=clock.today())
    return Table(
        name="parameters",
        title=_("政策参数"),
        rows=[line for group in found for line in group.lines],
        columns=(
            Column("label", _("参数"), sort="label.zh", link=lambda row: reverse("gov:parameter", args=[row.path])),
            Column("group", _("类别"), sort="group"),
            Column("value", _("现行值"), lambda row: f"{row.value} {row.unit}".strip()),
            Column("help", _("说明"), format="words"),
            Column("source", _("依据"), format="words", sort="source"),
            Column("future", _("将改为")),
            Column("path", _("代码"), shown=False),
        ),
        filters=(
            TextFilter("q", _("参数或说明"), fields=("label.zh", "label.en", "help.zh", "help.en", "path")),
            ChoiceFilter("group", _("类别"), choices=[(group.name, group.name) for group in found]),
        ),
        key="path",
        per_page=WHOLE,
        lead=_("期限、比例、额度都是数据：改一个数不需要升级程序；旧案件沿用当时的数。"),
    )


def measures(actor: Actor) -> Table:
    """Return what every measure counts; who manages evaluation may change a definition from the next month on."""
    may = actor.may(Permission.MANAGE_EVALUATION)
    rows = [row for _name, some in figures_page.dictionary(clock.today()) for row in some]
    names = dict(groups())
    return Table(
        name="measures",
        title=_("指标字典"),
        rows=rows,
        columns=(
            Column("name", _("指标"), "measure.name", sort="measure.name.zh",
                   link=lambda row: reverse("gov:figure", args=[row.measure.code])),
            Column("group", _("类别"), lambda row: names[row.measure.group], sort="measure.group"),
            Column("counts", _("口径"), lambda row: row.tallies[0].words, "words",
                   link=lambda row: _definition(row, 0) if may else ""),
            Column("by", _("分母"), lambda row: row.tallies[1].words if row.measure.by else None, "words",
                   link=lambda row: _definition(row, 1) if may and row.measure.by else ""),
            Column("source", _("依据"), lambda row: row.tallies[0].source, "words"),
            Column("version", _("版本"), lambda row: f"v{row.versions}", sort="versions"),
        ),
        filters=(
            TextFilter("q", _("指标"), fields=("measure.name.zh", "measure.name.en")),
            ChoiceFilter("group", _("类别"), "measure.group", choices=tuple(names.items())),
        ),
        key="measure.code",
        per_page=WHOLE,
        lead=_("每个指标只有一个口径；口径变更只能从某月 1 日开始，并写明文号。与上年比较时，两年按同一口径计算。点开口径可以变更。")
        if may
        else _("每个指标只有一个口径；口径变更只能从某月 1 日开始，并写明文号。与上年比较时，两年按同一口径计算。"),
    )  # fmt: skip


def _definition(row: Definition, part: int) -> str:
    return reverse("gov:definition", args=[row.tallies[part].code])


def drafts(found: list[Draft]) -> Table:
    """Return the drafts of the policy lab with the figures of their newest version."""
    rows = [lab_lists.line(draft) for draft in found]
    return Table(
        name="lab",
        title=_("政策测算"),
        rows=rows,
        columns=(
            Column("name", _("名称"), _draft_name, sort="draft.name",
                   link=lambda row: reverse("gov:lab_draft", args=[row.draft.id])),
            Column("kind", _("类型"), sort="kind.zh"),
            Column("note", _("备注"), "newest.note", "words"),
            Column("yes", _("符合"), "yes", "count", sort="yes"),
            Column("lent", _("撬动贷款"), "lent", "money", sort="lent"),
            Column("cost", _("财政成本"), "cost", "money", sort="cost"),
            Column("by", _("保存人"), "newest.saved_by", sort="newest.saved_by"),
            Column("at", _("保存"), "newest.saved_at", "minute", sort="newest.saved_at"),
        ),
        filters=(TextFilter("q", _("名称或备注"), fields=("draft.name", "newest.note", "newest.saved_by")),),
        key="draft.id",
        actions=(Action(_("新建测算"), reverse("gov:lab_new")),),
        lead=_("政策发布之前，先看谁符合、谁会变化、要花多少钱。条件一改，结果马上更新。"),
        empty=Empty(_("还没有草稿"), _("从一项现有政策开始，或新建空白测算。"), reverse("gov:lab_new"), _("新建测算")),
    )  # fmt: skip


def _draft_name(row: DraftLine) -> str:
    return f"{row.draft.name} v{row.newest.number}"


def messages() -> Table:
    """Return the words of every message that the platform sends."""
    return Table(
        name="messages",
        title=_("通知模板"),
        rows=list(wordings.wordings()),
        columns=(
            Column("template", _("模板"), sort="template", link=_template),
            Column("zh", _("中文"), lambda row: row.words.zh, "words"),
            Column("en", _("英文"), lambda row: row.words.en, "words"),
            Column("version", _("版本"), lambda row: f"v{row.version}", sort="version"),
            Column("made_by", _("修改人"), sort="made_by"),
            Column("made_at", _("修改时间"), format="day", sort="made_at"),
        ),
        filters=(TextFilter("q", _("模板或文字"), fields=("template", "words.zh", "words.en")),),
        key="template",
        per_page=WHOLE,
        actions=(Action(_("通知发送记录"), reverse("gov:deliveries"), "list", primary=False),),
    )


def _template(row: Any) -> str:
    return reverse("gov:notice_template", args=[row.template])
