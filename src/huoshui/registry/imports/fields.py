"""What a departmental file may say of a firm: the register's own fields, and the facts of the dictionary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from huoshui.kernel.text import Text

MONEY_LIMIT_YUAN = 10**13  # 10 万亿元: above any firm's figure, and far below what 64-bit fen can hold


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column can be. *kind* says how a cell is read; *choices* maps what people write to what is kept.

    *limits*: smallest and largest value, in the field's unit (money: 元). *source*: department of a fact, empty for a
    field of the register itself.
    """

    code: str
    label: Text
    kind: str  # uscc name text district industry money currency date whole decimal flag choice labels
    names: tuple[str, ...] = ()
    limits: tuple[int | None, int | None] = (None, None)
    length: int = 200
    choices: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def column_type(self) -> str:
        """Return the PostgreSQL type of the staged value."""
        return _COLUMN_TYPES.get(self.kind, "text")


_COLUMN_TYPES = {"money": "bigint", "whole": "bigint", "decimal": "numeric", "date": "date", "flag": "boolean"}

KINDS = {
    "company": "company", "企业": "company", "公司": "company", "内资企业": "company", "外资企业": "company",
    "individual_business": "individual_business", "个体工商户": "individual_business", "个体": "individual_business",
    "个体户": "individual_business", "cooperative": "cooperative", "农民专业合作社": "cooperative",
    "农民专业合作社(联合社)": "cooperative", "合作社": "cooperative",
}  # fmt: skip
STATUSES = {
    "active": "active", "存续": "active", "在业": "active", "开业": "active", "正常": "active", "在营": "active",
    "存续(在营、开业、在册)": "active", "closed": "closed", "注销": "closed", "迁出": "closed",
    "revoked": "revoked", "吊销": "revoked", "吊销未注销": "revoked", "吊销,未注销": "revoked", "吊销，未注销": "revoked",
}  # fmt: skip

REGISTER: tuple[Field, ...] = (
    Field(
        "uscc",
        Text("统一社会信用代码", "Credit code"),
        "uscc",
        (
            "统一信用代码",
            "信用代码",
            "社会信用代码",
            "统一代码",
            "纳税人识别号",
            "credit code",
            "tyshxydm",
            "unified code",
        ),
        length=18,
    ),
    Field(
        "name",
        Text("名称", "Name"),
        "name",
        (
            "企业名称",
            "公司名称",
            "主体名称",
            "经营主体名称",
            "市场主体名称",
            "单位名称",
            "字号名称",
            "纳税人名称",
            "qymc",
        ),
        length=200,
    ),
    Field("kind", Text("主体类型", "Kind"), "choice", ("经营主体类型", "市场主体类型", "主体类别"), choices=KINDS),
    Field("status", Text("登记状态", "Status"), "choice", ("经营状态", "企业状态", "状态"), choices=STATUSES),
    Field(
        "district_code",
        Text("所属区县", "District"),
        "district",
        (
            "区划代码",
            "行政区划代码",
            "行政区划",
            "县区",
            "区县",
            "区县代码",
            "所在区县",
            "uscc_division",
            "district",
            "xzqh",
        ),
    ),
    Field(
        "address",
        Text("地址", "Address"),
        "text",
        ("住所", "注册地址", "经营场所", "住所地", "企业住所", "经营地址", "registered address"),
        length=300,
    ),
    Field(
        "industry_code",
        Text("行业代码", "Industry"),
        "industry",
        ("国民经济行业代码", "行业", "所属行业代码", "industry", "hydm"),
        length=5,
    ),
    Field(
        "scope", Text("经营范围", "Business scope"), "text", ("business_scope", "经营（业务）范围", "jyfw"), length=8000
    ),
    Field(
        "established_on",
        Text("成立日期", "Founded on"),
        "date",
        ("注册日期", "成立时间", "登记日期", "核准成立日期", "registered_on", "established", "clrq"),
    ),
    Field(
        "registered_capital",
        Text("注册资本", "Registered capital"),
        "money",
        ("注册资金", "出资额", "资金数额", "capital", "zczb"),
        limits=(0, MONEY_LIMIT_YUAN),
    ),
    Field("capital_currency", Text("注册资本币种", "Capital's currency"), "currency", ("币种", "资本币种"), length=3),
    Field(
        "organisation_type",
        Text("企业类型", "Type of organisation"),
        "text",
        ("org_type", "公司类型", "市场主体登记类型", "qylx"),
        length=60,
    ),
    Field(
        "phone", Text("联系手机", "Mobile phone"), "phone", ("联系电话", "手机", "手机号", "电话", "法人电话", "lxdh")
    ),
    Field("labels", Text("标签", "Labels"), "labels", ("企业标签", "资质", "荣誉资质"), length=20),
)
BY_CODE = {each.code: each for each in REGISTER}
UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000, "wan": 10_000, "yuan": 1}


def plain(name: str) -> tuple[str, str]:
    """Return a column's name in comparable form and the unit in its brackets or ending: 注册资本（万元） → 注册资本, 万元."""
    text = unicodedata.normalize("NFKC", name).strip().lower()
    unit = ""
    if found := re.search(r"[(\[]\s*([^()\[\]]*元)\s*[)\]]$", text):
        unit, text = found.group(1).removeprefix("人民币"), text[: found.start()]
    elif found := re.search(r"_(wan|yuan)$", text):
        unit, text = found.group(1), text[: found.start()]
    return re.sub(r"[\s_\-:：]+", "", text), unit if unit in UNITS else ""
