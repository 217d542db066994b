"""What can be done in the catalogue: one door over places, products, policy and programmes."""

from huoshui.catalogue.actions_place import (
    edit_branch,
    follow_district,
    register_branch,
    register_institution,
    set_capacity,
)
from huoshui.catalogue.actions_policy import (
    announce_year,
    edit_calendar_day,
    publish_rate,
    save_repair_measure,
    set_parameter,
)
from huoshui.catalogue.actions_product import (
    approve_version,
    draft_product,
    draft_version,
    edit_draft,
    reject_version,
    remove_version,
    submit_version,
    withdraw_version,
)
from huoshui.catalogue.actions_programme import (
    draft_programme,
    edit_programme,
    end_programme,
    publish_programme,
)

__all__ = [
    "announce_year",
    "approve_version",
    "draft_product",
    "draft_programme",
    "draft_version",
    "edit_branch",
    "follow_district",
    "edit_calendar_day",
    "edit_draft",
    "edit_programme",
    "end_programme",
    "publish_programme",
    "publish_rate",
    "register_branch",
    "register_institution",
    "reject_version",
    "remove_version",
    "save_repair_measure",
    "set_capacity",
    "set_parameter",
    "submit_version",
    "withdraw_version",
]
