"""Why a firm of a list goes to no bank now, and what can be done about it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from huoshui.kernel.text import Text
from huoshui.screening.membership import Flags


class Why(StrEnum):
    """What stands in the way. Values never change."""

    FULL = "full"
    SILENT = "silent"
    UNFIT = "unfit"
    UNSERVED = "unserved"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason in words, with what the city can do."""

    name: Text
    remedy: Text


OBSTACLES: dict[Why, Obstacle] = {
    Why.FULL: Obstacle(
        Text("网点接单已满", "Branches are full"),
        Text(
            "请银行尽快反馈手上的线索，或提高网点接单能力；一有余量，平台自动接着推送。",
            "Ask the banks to report on the leads they hold, or to raise their capacity; what waits goes out by itself then.",
        ),
    ),
    Why.UNFIT: Obstacle(
        Text("没有符合的在架产品", "No product on offer fits"),
        Text(
            "查看企业差哪项条件；可请银行放宽准入或推出专属产品，产品上架后每天自动再推。",
            "See which condition fails; ask banks for wider criteria or a product of its own. Tried again every day.",
        ),
    ),
    Why.UNSERVED: Obstacle(
        Text("区县没有接单的网点", "No branch takes cases in the district"),
        Text(
            "请银行把该区县加入网点的服务范围，或让暂停的网点恢复接单；之后自动推送。",
            "Ask a bank to let a branch serve the district, or to open a paused one; what waits goes out by itself then.",
        ),
    ),
    Why.SILENT: Obstacle(
        Text("符合的银行都没有按期反馈", "Every fitting bank let its time pass"),
        Text(
            "联系这些银行的总行，或由专班走访企业后派单；过了间隔期，平台会再推。",
            "Call the banks' head offices, or let the taskforce call on the firm; after the days of rest it goes out again.",
        ),
    ),
}


def why_left(
    left: Sequence[int],
    districts: Sequence[str],
    *,
    fits: Flags,
    still: Flags,
    banks: NDArray[np.int64],
    serving: Mapping[str, Collection[int]],
) -> list[tuple[int, Why]]:
    """Return for each firm *left* (its place) what stands in its way.

    *fits*: bool[products, firms]; *still*: the same without the banks that left a firm without a word. *banks*: of each
    product. *serving*: by district the banks with a branch that takes cases there, whether it has room or not.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at in left:
        places[districts[at]].append(at)
    found: list[tuple[int, Why]] = []
    for place, firms in places.items():
        here = np.isin(banks, sorted(serving.get(place, ())))
        if not serving.get(place):
            found += [(at, Why.UNSERVED) for at in firms]
            continue
        room_missing: NDArray[np.bool_] = np.any(still[here][:, firms], axis=0)
        fitted: NDArray[np.bool_] = np.any(fits[here][:, firms], axis=0)
        found += [
            (at, Why.FULL if full else Why.SILENT if fit else Why.UNFIT)
            for at, full, fit in zip(firms, room_missing.tolist(), fitted.tolist(), strict=True)
        ]
    return sorted(found)
