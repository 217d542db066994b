"""Sentences of the package's events."""

from huoshui.audit.kinds import register
from huoshui.kernel.text import Text

register(
    {
        "ORGANISATION_CREATED": Text("新建机构“{name}”", "Created organisation “{name}”"),
        "PERSON_CREATED": Text("新建人员“{name}”", "Created person “{name}”"),
        "ACCESS_REFUSED": Text("无权打开页面", "Refused a page"),
        "ROLE_GRANTED": Text("授予角色 {role}", "Granted role {role}"),
    }
)
