"""What a loan is for: the codes a demand may carry, in the firm's words, with what follows from each.

*fixed_asset*: buys something that lasts, so fixed-asset subsidies fit and the bridge fund does not.
*refinances*: repays a maturing loan, so renewal products and the bridge fund fit. *themes*: of the five finance themes.
"""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Purpose:
    """One use of a loan. *code* never changes; the words may."""

    code: str
    name: Text
    help: Text
    fixed_asset: bool = False
    refinances: bool = False
    themes: tuple[str, ...] = ()


_ALL = (
    Purpose(
        "working_capital",
        Text("日常周转", "Day-to-day business"),
        Text("工资、房租、水电、备用金", "Wages, rent, bills"),
    ),
    Purpose(
        "purchase",
        Text("采购备货", "Stock and materials"),
        Text("原材料、商品、旺季备货", "Materials, goods, season stock"),
    ),
    Purpose(
        "order",
        Text("履行订单", "Fulfil an order"),
        Text("已签合同或中标后的投入", "After a signed contract or a won bid"),
    ),
    Purpose(
        "equipment",
        Text("购置设备", "Equipment"),
        Text("设备更新、生产线、车辆", "Machines, lines, vehicles"),
        fixed_asset=True,
    ),
    Purpose(
        "premises", Text("厂房门店", "Premises"), Text("购建、扩建经营场所", "Buy, build or extend"), fixed_asset=True
    ),
    Purpose(
        "renovation",
        Text("装修改造", "Renovation"),
        Text("门店、客房、车间改造", "Shops, rooms, workshops"),
        fixed_asset=True,
    ),
    Purpose(
        "technology",
        Text("研发与技术改造", "Research and technology"),
        Text("研发投入、数字化、技术改造", "Research, digital tools, new processes"),
        fixed_asset=True,
        themes=("technology", "digital"),
    ),
    Purpose(
        "green",
        Text("节能环保", "Energy and environment"),
        Text("节能改造、污染治理、新能源", "Saving energy, cleaning up, renewables"),
        fixed_asset=True,
        themes=("green",),
    ),
    Purpose(
        "agriculture",
        Text("农业生产", "Farming"),
        Text("农资、种养、收购、加工", "Inputs, growing, buying, processing"),
        themes=("inclusive",),
    ),
    Purpose(
        "care", Text("养老托育服务", "Care services"), Text("机构建设与运营", "Homes and day care"), themes=("pension",)
    ),
    Purpose("startup", Text("创业起步", "Starting up"), Text("开办、首批进货、人员", "Opening, first stock, people")),
    Purpose(
        "renewal",
        Text("续贷周转", "Renew a maturing loan"),
        Text("现有流动资金贷款即将到期", "A working-capital loan about to mature"),
        refinances=True,
    ),
    Purpose("other", Text("其他经营用途", "Other business use"), Text("请在说明中写清楚", "Say in your own words")),
)

PURPOSES: dict[str, Purpose] = {purpose.code: purpose for purpose in _ALL}
