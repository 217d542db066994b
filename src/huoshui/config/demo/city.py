"""The demo city's offices and people, made by the real actions, and the sign-ins that are printed at start."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.access import actions as access
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.config.demo.firms import DISTRICTS
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation of the demo beside the banks: *code*, names, kind, level, parent's code, area."""

    code: str
    name: Text
    kind: str
    level: str
    parent: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the demo: user name, shown name, office code, roles, what the role is called in the list."""

    username: str
    name: str
    office: str
    roles: tuple[Role, ...]
    label: Text


COUNTIES = {
    "140105": Text("小店区", "Xiaodian"),
    "140106": Text("迎泽区", "Yingze"),
    "140107": Text("杏花岭区", "Xinghualing"),
    "140108": Text("尖草坪区", "Jiancaoping"),
    "140109": Text("万柏林区", "Wanbailin"),
    "140110": Text("晋源区", "Jinyuan"),
    "140121": Text("清徐县", "Qingxu"),
    "140122": Text("阳曲县", "Yangqu"),
    "140123": Text("娄烦县", "Loufan"),
    "140181": Text("古交市", "Gujiao"),
}
assert COUNTIES.keys() == DISTRICTS.keys()

OFFICES = (
    Office(
        "PROV",
        Text("省支持小微企业融资协调工作专班", "Provincial coordination taskforce"),
        "government",
        "province",
        district="140000",
    ),
    Office(
        "CITY", Text("太原市融资协调工作专班", "Taiyuan coordination taskforce"), "government", "city", "PROV", "140100"
    ),
    Office(
        "FIN", Text("太原市财政局（演示）", "Taiyuan finance bureau (demo)"), "government", "city", "CITY", "140100"
    ),
    Office("GOV", Text("太原市人民政府（演示）", "Taiyuan government (demo)"), "government", "city", "CITY", "140100"),
    *(
        Office(
            f"TF{code}",
            Text(f"{name.zh}融资协调工作专班", f"{name.en} coordination taskforce"),
            "government",
            "county",
            "CITY",
            code,
        )
        for code, name in COUNTIES.items()
    ),
    Office("OPS", Text("平台运营中心（演示）", "Platform operator (demo)"), "operator", "none"),
    Office("AUD", Text("太原市审计局（演示）", "Taiyuan audit office (demo)"), "auditor", "none"),
)

MEMBERS = (
    Member(
        "lead.xiaodian",
        "赵永刚",
        "TF140105",
        (Role.TASKFORCE_LEAD,),
        Text("小店区专班负责人", "taskforce lead, Xiaodian"),
    ),
    Member(
        "officer.xiaodian",
        "王丽华",
        "TF140105",
        (Role.TASKFORCE_OFFICER,),
        Text("小店区专班工作人员", "taskforce officer, Xiaodian"),
    ),
    Member("visitor.xiaodian", "李晓明", "TF140105", (Role.VISITOR,), Text("小店区走访员", "visitor, Xiaodian")),
    Member("lead.city", "张建国", "CITY", (Role.TASKFORCE_LEAD,), Text("市专班负责人", "taskforce lead, city")),
    Member("office.city", "陈雅琴", "CITY", (Role.OFFICE,), Text("市金融办（产品、政策）", "financial office, city")),
    Member("finance.maker", "刘海燕", "FIN", (Role.FINANCE_OFFICER,), Text("财政局经办", "finance bureau, maker")),
    Member("finance.checker", "杨文斌", "FIN", (Role.FINANCE_CHECKER,), Text("财政局复核", "finance bureau, checker")),
    Member("leader", "周振华", "GOV", (Role.LEADER,), Text("市领导", "city leader")),
    Member(
        "bank.manager",
        "吴晓东",
        "FSYH-01",
        (Role.ACCOUNT_MANAGER,),
        Text("汾水银行客户经理", "account manager, Fenshui Bank"),
    ),
    Member(
        "bank.branch", "郑玉兰", "FSYH-01", (Role.BRANCH_LEAD,), Text("汾水银行支行负责人", "branch lead, Fenshui Bank")
    ),
    Member("bank.head", "孙立新", "FSYH", (Role.BANK_HEAD,), Text("汾水银行总行", "head office, Fenshui Bank")),
    Member("guarantor", "徐春生", "FSDB", (Role.GUARANTEE_OFFICER,), Text("担保公司经办", "guarantee officer")),
    Member("guarantor.lead", "马志刚", "FSDB", (Role.GUARANTEE_LEAD,), Text("担保公司审批", "guarantee approver")),
    Member("desk", "胡雪梅", "OPS", (Role.SERVICE_DESK,), Text("服务大厅", "service hall")),
    Member("admin.system", "朱俊峰", "OPS", (Role.SYSTEM_ADMIN,), Text("系统管理员", "system administrator")),
    Member("admin.security", "高秀英", "OPS", (Role.SECURITY_ADMIN,), Text("安全管理员", "security administrator")),
    Member("admin.audit", "林国庆", "OPS", (Role.AUDIT_ADMIN,), Text("审计管理员", "audit administrator")),
    Member("auditor", "何思远", "AUD", (Role.AUDITOR,), Text("审计人员", "auditor")),
)


def open_offices() -> dict[str, int]:
    """Make the offices that do not exist yet; return organisation ids by code."""
    ids: dict[str, int] = {}
    for office in OFFICES:
        ids[office.code] = access.create_organisation(
            SYSTEM,
            code=office.code,
            name=office.name.zh,
            name_en=office.name.en,
            kind=office.kind,
            level=office.level,
            parent_id=ids[office.parent] if office.parent else None,
            district_code=office.district,
        )
    return ids


def hire(members: tuple[Member, ...], offices: dict[str, int], password: str | None) -> dict[str, int]:
    """Make *members* with their roles and one practice password (None: they cannot sign in); return ids by user name."""
    people: dict[str, int] = {}
    for member in members:
        people[member.username] = access.create_person(
            SYSTEM,
            username=member.username,
            name=member.name,
            organisation_id=offices[member.office],
        )
        for role in member.roles:
            access.grant_role(SYSTEM, person_id=people[member.username], role=role)
    if password is not None:
        access.share_practice_password(SYSTEM, person_ids=list(people.values()), password=password)
    return people


_COUNTY_HANDS = (
    ("lead", "负责人", Role.TASKFORCE_LEAD),
    ("officer", "专员", Role.TASKFORCE_OFFICER),
    ("visitor", "走访员", Role.VISITOR),
)


def staff_everywhere(branches: dict[str, str]) -> tuple[Member, ...]:
    """Return the members whom no visitor signs in as but whom the history needs: three a county taskforce, one a branch.

    *branches*: organisation code → shown name of every branch.
    """
    counties = tuple(
        Member(f"{kind}.{code}", f"{name.zh[:2]}{said}", f"TF{code}", (role,), Text(name.zh, name.en))
        for code, name in COUNTIES.items()
        for kind, said, role in _COUNTY_HANDS
        if code != "140105"
    )
    managers = tuple(
        Member(f"manager.{code.lower()}", f"{name[:4]}经理", code, (Role.ACCOUNT_MANAGER,), Text(name, name))
        for code, name in branches.items()
        if code != "FSYH-01"
    )
    return counties + managers


def hands_of(district: str) -> tuple[str, str, str]:
    """Return the user names of a county's lead, officer and visitor."""
    place = "xiaodian" if district == "140105" else district
    return f"lead.{place}", f"officer.{place}", f"visitor.{place}"


def manager_of(branch_code: str) -> str:
    """Return the user name of the account manager of a branch."""
    return "bank.manager" if branch_code == "FSYH-01" else f"manager.{branch_code.lower()}"
