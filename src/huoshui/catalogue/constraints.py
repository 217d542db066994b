"""What the database refuses, in words: the sentence for whoever comes second when two act at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.text import Text

P = ParamSpec("P")
R = TypeVar("R")

SENTENCES: dict[str, Text] = {
    "catalogue_product_code_key": Text("产品代码已被使用。", "The code is taken."),
    "product_version_number": Text(
        "刚刚有人新建了一个版本，请刷新。", "Somebody has just started a version; look again."
    ),
    "product_version_one_open": Text(
        "已有一个草稿或待审核的版本。", "There is already a draft or a submitted version."
    ),
    "product_version_apart": Text("同一天只能有一个版本上架。", "Only one version is offered on a day."),
    "product_version_frozen": Text(
        "已审核的条款不能修改，请新建版本。", "Decided terms are fixed; start a new version."
    ),
    "product_version_kept": Text("提交过的版本不能删除。", "A submitted version stays on record."),
    "product_version_four_eyes": Text("提交人不能审核自己提交的产品。", "Whoever submitted may not decide."),
    "catalogue_programme_code_key": Text("政策代码已被使用。", "The programme's code is taken."),
    "programme_version_number": Text(
        "刚刚有人新建了一个版本，请刷新。", "Somebody has just started a version; look again."
    ),
    "programme_version_one_draft": Text("这项政策已有一个草稿。", "This programme already has a draft."),
    "programme_version_apart": Text("同一天只能有一个版本施行。", "Only one version is in force on a day."),
    "programme_version_frozen": Text(
        "已发布的规则不能修改，请新建版本。", "Published rules are fixed; start a new version."
    ),
    "programme_version_four_eyes": Text("起草人不能发布自己起草的政策。", "Whoever drafted may not publish."),
    "parameter_value_once": Text("这一天的值刚刚有人设置。", "Somebody has just set the value for that day."),
    "parameter_value_frozen": Text(
        "已生效的值不能修改，请设置新的生效日期。", "A value in force is kept; set a later one."
    ),
    "reference_rate_once": Text("这一天的利率刚刚有人录入。", "Somebody has just entered the rate of that day."),
}


def act(function: Callable[P, R]) -> Callable[P, R]:
    """Run *function* in one transaction; what a known constraint refuses becomes a Refused with its sentence."""

    @wraps(function)
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except IntegrityError as broken:
            name = str(getattr(getattr(broken.__cause__, "diag", None), "constraint_name", None) or "")
            if name not in SENTENCES:
                raise
            raise Refused([Problem(name, SENTENCES[name])]) from broken

    return acting
