"""A district is dissolved: it goes whole to another, or is split among several; its firms go where their street went."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.registry import divisions
from huoshui.registry.models import Division, Enterprise, EnterpriseChange

_CODE = re.compile(r"[1-9]\d{5}")
_AT_ONCE = 5_000  # firms written at a time


@dataclass(frozen=True, slots=True)
class Part:
    """Where a dissolved district goes, or a part of it: a known district or a new one; *words*: streets that go there."""

    code: str
    name: str = ""
    name_en: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """How many firms went to a new district, and how many *stay* until the regulator says where they belong."""

    moved: int
    stay: int


def dissolve_district(actor: Actor, *, district: str, on: dt.date, document_no: str, parts: Sequence[Part]) -> Moved:
    """Dissolve a district of the city on *on* (the first day of what follows it) and move its firms.

    One part: it went there whole, and so do all its firms. Several: each firm goes where the longest street name in its
    address goes; the others stay until the next file of the regulator. Records of the past keep the code they were made
    under. Raises Refused with every problem. Needs MANAGE_EVALUATION.
    """
    if not actor.may(Permission.MANAGE_EVALUATION):
        said = Text("只有市级金融办可以登记区划调整。", "Only the city's financial office registers such changes.")
        raise DomainError("not_allowed", said)
    if problems := _problems(district, on, document_no, parts):
        raise Refused(problems)
    with transaction.atomic(), acting(SYSTEM):
        _found(parts, on)
        into = f"{document_no.strip()}：" + ("并入" if len(parts) == 1 else "分入") + "、".join(map(_name, parts))
        heir = parts[0].code if len(parts) == 1 else None
        Division.objects.filter(pk=district).update(valid_to=on - dt.timedelta(days=1), successor=heir, note=into[:200])
        done = _move_firms(district, parts)
        facts = {"district": divisions.district_name(district).zh, "document": document_no.strip(), "into": into}
        facts |= {"moved": str(done.moved), "stay": str(done.stay), "on": on.isoformat()}
        record(actor, "DISTRICT_DISSOLVED", ("register", "divisions"), facts=facts)
    transaction.on_commit(divisions.forget)
    divisions.forget()
    return done


def place_firms(actor: Actor, *, district: str, parts: Sequence[Part]) -> Moved:
    """Move firms still under a dissolved district by (more) street names; the others stay. Needs MANAGE_EVALUATION."""
    if not actor.may(Permission.MANAGE_EVALUATION):
        said = Text("只有市级金融办可以登记区划调整。", "Only the city's financial office registers such changes.")
        raise DomainError("not_allowed", said)
    gone = Division.objects.filter(pk=district, level="county").exclude(note="").exists()
    into = Division.objects.filter(pk__in=[part.code for part in parts], level="county", note="").count()
    if not gone or into != len(parts) or not parts:
        said = Text("请选择已撤销的区县和现有的去向。", "Choose a dissolved district and ones that exist.")
        raise DomainError("district_unknown", said, field="district", value=district)
    with transaction.atomic(), acting(SYSTEM):
        done = _move_firms(district, parts)
        facts = {"district": divisions.district_name(district).zh, "moved": str(done.moved), "stay": str(done.stay)}
        record(actor, "DISTRICT_FIRMS_PLACED", ("register", "divisions"), facts=facts)
    return done


def _problems(district: str, on: dt.date, document_no: str, parts: Sequence[Part]) -> list[Problem]:
    city = settings.CITY["code"]
    old = Division.objects.filter(pk=district, level="county", parent_id=city, valid_to=None, note="").first()
    found = []
    if old is None:
        said = Text("请选择本市现有的区县。", "Choose a district that the city has now.")
        found.append(Problem("district_unknown", said, "district", district))
    if on > clock.today() or (old and old.valid_from and on <= old.valid_from):
        said = Text(
            f"{on:%Y-%m-%d} 不能登记：应在设立之后，最晚为今天；到了那天再登记。",
            f"{on:%Y-%m-%d} is not possible: after it was formed and today at the latest; register it on the day.",
        )
        found.append(Problem("district_day", said, "on", on))
    if not document_no.strip():
        found.append(
            Problem("document_missing", Text("请写依据文号。", "Give the document's number."), "document_no", "")
        )
    if not parts:
        found.append(Problem("district_parts", Text("请写去向。", "Say where it goes."), "code_1", ""))
    return found + [
        one for number, part in enumerate(parts, 1) for one in _part_problems(number, part, parts, district)
    ]


def _part_problems(number: int, part: Part, parts: Sequence[Part], district: str) -> list[Problem]:
    city, field = settings.CITY["code"], f"code_{number}"
    if not _CODE.fullmatch(part.code) or part.code[:4] != city[:4] or part.code.endswith("00"):
        said = Text(f"区县代码应为 {city[:4]} 开头的六位数字。", f"A code has six digits and begins with {city[:4]}.")
        return [Problem("district_code", said, field, part.code)]
    known = Division.objects.filter(pk=part.code).first()
    found = []
    if part.code == district or [one.code for one in parts].count(part.code) > 1:
        said = Text("去向不能是它自己，也不能写两次。", "It cannot go to itself, or twice to one district.")
        found.append(Problem("district_twice", said, field, part.code))
    elif known and (known.note or known.valid_to):
        said = Text(f"{known.name}已经撤销。", f"{known.name_en or known.name} was dissolved.")
        found.append(Problem("district_gone", said, field, part.code))
    if known is None and not part.name.strip():
        said = Text("新设的区县要写名称。", "A new district needs a name.")
        found.append(Problem("district_name", said, f"name_{number}", ""))
    return found


def _found(parts: Iterable[Part], on: dt.date) -> None:
    known = set(Division.objects.filter(pk__in=[part.code for part in parts]).values_list("pk", flat=True))
    city = settings.CITY["code"]
    Division.objects.bulk_create(
        Division(
            code=part.code, name=part.name.strip(), name_en=part.name_en.strip(), level="county", parent_id=city,
            valid_from=on,
        )
        for part in parts
        if part.code not in known
    )  # fmt: skip


def _name(part: Part) -> str:
    return Division.objects.values_list("name", flat=True).get(pk=part.code)


def where(address: str, parts: Sequence[Part]) -> str:
    """Return the code of the part whose longest street name *address* has; "" where none; one part takes all."""
    if len(parts) == 1:
        return parts[0].code
    fits = [(len(word), part.code) for part in parts for word in part.words if word and word in address]
    longest = max((length for length, _code in fits), default=0)
    best = {code for length, code in fits if length == longest}
    return best.pop() if len(best) == 1 else ""


def _move_firms(district: str, parts: Sequence[Part]) -> Moved:
    there: dict[str, list[int]] = defaultdict(list)
    rows = Enterprise.objects.filter(district_code=district).order_by("pk").values_list("pk", "address")
    for pk, address in rows.iterator(chunk_size=_AT_ONCE):
        there[where(address, parts)].append(pk)
    stay = len(there.pop("", []))
    for code, firms in there.items():
        for start in range(0, len(firms), _AT_ONCE):
            _write(firms[start : start + _AT_ONCE], district, code)
    return Moved(sum(map(len, there.values())), stay)


def _write(firms: Sequence[int], old: str, new: str) -> None:
    now = clock.now()
    Enterprise.objects.filter(pk__in=firms, district_code=old).update(
        district_code=new, township_code="", updated_at=now, version=F("version") + 1
    )
    EnterpriseChange.objects.bulk_create(
        EnterpriseChange(enterprise_id=pk, field="district_code", old=old, new=new, source="division", recorded_at=now)
        for pk in firms
    )
