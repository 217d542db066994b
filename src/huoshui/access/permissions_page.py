"""The reference page of roles and permissions, made from the table that is in force."""

from __future__ import annotations

from huoshui.access.permission_labels import PERMISSION_LABELS
from huoshui.access.policy import figures
from huoshui.access.roles import ROLE_LABELS, ROLE_PERMISSIONS, SEPARATE_ROLES, Permission, Role

_HEAD = """# Roles and permissions

Made from `access/roles.py` by `make reference`; do not edit. A page asks for a permission, a role grants it; which
records somebody sees is decided by `access.scope` and once more by row security in the database.
"""
_ROWS = """
## Which rows

| who | sees rows of firms, demands, cases, loans |
|---|---|
| jobs and commands | all |
| auditor or platform desk whose role reads the register or demands | all |
| government office | its district: codes that begin with its own |
| bank, guarantor | cases and loans of its own tree; firms by live consent, or by a case or loan of its own; facts and papers by live consent only |
| owner of a firm | the firms that the person acts for |
| everybody else, and a connection that nobody is bound to | none |

The role that serves pages owns no table, adds events but never changes one, and cannot write a link of the chain.
"""


def page() -> str:
    """Return the page in Markdown."""
    return "".join([_HEAD, *_by_role(), *_by_permission(), *_figures(), _ROWS])


def _by_role() -> list[str]:
    lines = ["\n## By role\n\n| role | 中文 | may |\n|---|---|---|\n"]
    for role in Role:
        may = ", ".join(f"`{each}`" for each in Permission if each in ROLE_PERMISSIONS[role])
        apart = " (held by nobody who holds another administration)" if role in SEPARATE_ROLES else ""
        lines.append(f"| `{role}` {ROLE_LABELS[role].en}{apart} | {ROLE_LABELS[role].zh} | {may} |\n")
    return lines


def _by_permission() -> list[str]:
    lines = ["\n## By permission\n\n| permission | what it lets somebody do | 中文 | roles |\n|---|---|---|---|\n"]
    for each in Permission:
        roles = ", ".join(f"`{role}`" for role in Role if each in ROLE_PERMISSIONS[role])
        label = PERMISSION_LABELS[each]
        lines.append(f"| `{each}` | {label.en} | {label.zh} | {roles} |\n")
    return lines


def _figures() -> list[str]:
    lines = ["\n## Figures of sign-in and notices\n\n| path | value | for | source |\n|---|---|---|---|\n"]
    for figure in figures().values():
        lines.append(f"| `{figure.path}` | {figure.default} {figure.unit} | {figure.label.en} | {figure.source} |\n")
    lines.append("\nAn installation changes them by `ACCESS_POLICY` in its settings.\n")
    return lines
