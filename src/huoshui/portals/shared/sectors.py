"""The sections of the national industry classification, GB/T 4754—2017, by their letter."""

from __future__ import annotations

from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said

SECTORS: dict[str, Text] = {
    "A": Text("农、林、牧、渔业", "Farming, forestry, fishing"),
    "B": Text("采矿业", "Mining"),
    "C": Text("制造业", "Manufacturing"),
    "D": Text("电力、热力、燃气及水", "Power, heat, gas, water"),
    "E": Text("建筑业", "Construction"),
    "F": Text("批发和零售业", "Wholesale and retail"),
    "G": Text("交通运输、仓储和邮政业", "Transport, storage, post"),
    "H": Text("住宿和餐饮业", "Hotels and catering"),
    "I": Text("信息技术服务业", "Information technology"),
    "J": Text("金融业", "Finance"),
    "K": Text("房地产业", "Real estate"),
    "L": Text("租赁和商务服务业", "Leasing and business services"),
    "M": Text("科学研究和技术服务业", "Research and technical services"),
    "N": Text("水利、环境和公共设施", "Water, environment, public facilities"),
    "O": Text("居民服务、修理和其他服务", "Household and repair services"),
    "P": Text("教育", "Education"),
    "Q": Text("卫生和社会工作", "Health and social work"),
    "R": Text("文化、体育和娱乐业", "Culture, sport, entertainment"),
    "S": Text("公共管理和社会组织", "Public administration"),
    "T": Text("国际组织", "International organisations"),
}


def sector_named(code: str) -> str:
    """Return an industry code with the name of its section: "H6210 · 住宿和餐饮业"; a code without letter stays alone."""
    section = SECTORS.get(code[:1])
    return f"{code} · {said(section)}" if section else code
