"""What can be done with organisations, people, roles, codes and notices. Every act is one transaction with its event."""

from huoshui.access.actions_code import Sent, check_code, send_code
from huoshui.access.actions_notice import mark_all_read, mark_read, notify, notify_firms
from huoshui.access.actions_people import (
    close_person,
    create_organisation,
    create_person,
    end_role,
    grant_role,
    reopen_person,
)
from huoshui.access.actions_sign_in import (
    rekey,
    reset_factor,
    set_language,
    set_password,
    share_practice_password,
    sign_out_everywhere,
    unlock,
)

__all__ = [
    "Sent", "check_code", "close_person", "create_organisation", "create_person", "end_role", "grant_role",
    "mark_all_read", "mark_read", "notify", "notify_firms", "rekey", "reopen_person", "reset_factor", "send_code", "set_language",
    "set_password", "share_practice_password", "sign_out_everywhere", "unlock",
]  # fmt: skip
