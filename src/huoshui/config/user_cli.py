"""``huoshui user``: people, roles, locks. What runs here acts as the system: whoever holds the server holds these."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import click

from huoshui.access.roles import Role
from huoshui.config.operate import start_django
from huoshui.config.telling import json_option, tell

if TYPE_CHECKING:
    from huoshui.access.queries import PersonView

ROLES = click.Choice([role.value for role in Role if role is not Role.OWNER])


@click.group()
def user() -> None:
    """People, roles, locks."""


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's own name.")
@click.option("--organisation", "organisation", required=True, help="Code of the organisation.")
@click.option("--role", "roles", multiple=True, type=ROLES, help="May be given more than once.")
@click.option("--email", default="", help="For notices.")
@click.option("--phone", default="", help="For notices; kept encrypted.")
@click.option(
    "--new-organisation",
    help="Make the organisation: kind:level:district:name, as government:county:140105:小店区专班.",
)
@json_option
def add(
    username: str,
    name: str,
    organisation: str,
    roles: tuple[str, ...],
    email: str,
    phone: str,
    new_organisation: str | None,
    as_json: bool,
) -> None:
    """Make an account for USERNAME and print its first password, which has to be changed at the first sign-in."""
    start_django()
    from django.db import transaction

    from huoshui.access import actions
    from huoshui.access.actor import SYSTEM

    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        where = _organisation(organisation, new_organisation)
        person_id = actions.create_person(
            SYSTEM,
            username=username,
            name=name,
            organisation_id=where,
            password=password,
            email=email,
            phone=phone,
            must_change_password=True,
        )
        for role in roles:
            actions.grant_role(SYSTEM, person_id=person_id, role=Role(role))
    facts = {"id": person_id, "username": username, "password": password, "roles": list(roles)}
    tell(facts, f"{username}: first password {password}", as_json=as_json)


def _organisation(code: str, new: str | None) -> int:
    from huoshui.access import actions, queries
    from huoshui.access.actor import SYSTEM

    if found := queries.organisation_by_code(code):
        return found.id
    parts = (new or "").split(":", 3)
    if len(parts) != 4:
        known = ", ".join(office.code for office in queries.organisations()[:20]) or "none yet"
        raise click.UsageError(f"no organisation has the code {code!r} (known: {known}); or give --new-organisation")
    kind, level, district, name = parts
    return actions.create_organisation(
        SYSTEM, code=code, name=name, kind=kind, level=level or "none", district_code=district
    )


@user.command(name="list")
@click.option("--role", type=ROLES, help="Only who holds this role.")
@json_option
def list_people(role: str | None, as_json: bool) -> None:
    """List the staff with their roles, second factors and locks."""
    start_django()
    from huoshui.access import queries
    from huoshui.access.actor import SYSTEM

    people = queries.people(queries.people_of(SYSTEM, role=Role(role) if role else None))
    if as_json:
        click.echo(json.dumps([_facts(person) for person in people], ensure_ascii=False))
        return
    for person in people:
        held = ",".join(each.value for each, _ in person.roles) or "-"
        state = "closed" if not person.active else "locked" if person.locked_until else "open"
        click.echo(
            f"{person.username}\t{person.name}\t{person.organisation_name}\t{held}\t{state}\t{person.factors} factors"
        )


def _facts(person: PersonView) -> dict[str, Any]:
    return {
        "id": person.id,
        "username": person.username,
        "name": person.name,
        "organisation": person.organisation_name,
        "roles": [role.value for role, _ in person.roles],
        "active": person.active,
        "locked_until": person.locked_until.isoformat() if person.locked_until else None,
        "factors": person.factors,
    }


@user.command(name="role")
@click.argument("username")
@click.argument("role", type=ROLES)
@click.option("--end", is_flag=True, help="Take the role away instead.")
@json_option
def role_command(username: str, role: str, end: bool, as_json: bool) -> None:
    """Give USERNAME a ROLE. The three administrations are made here and nowhere else."""
    start_django()
    from huoshui.access import actions
    from huoshui.access.actor import SYSTEM

    act = actions.end_role if end else actions.grant_role
    act(SYSTEM, person_id=_person(username), role=Role(role))
    facts = {"username": username, "role": role, "granted": not end}
    tell(facts, f"{username}: {role} {'ended' if end else 'granted'}", as_json=as_json)


@user.command()
@click.argument("username")
@click.option("--reason", required=True, help="How you made sure who asks.")
@click.option("--factor", is_flag=True, help="Remove the second factors instead of setting a password.")
@json_option
def reset(username: str, reason: str, factor: bool, as_json: bool) -> None:
    """Give USERNAME a new first password, or with --factor let them set up their second factor again."""
    start_django()
    from huoshui.access import actions
    from huoshui.access.actor import SYSTEM

    person_id = _person(username)
    if factor:
        removed = actions.reset_factor(SYSTEM, person_id=person_id, reason=reason)
        facts = {"username": username, "factors_removed": removed}
        tell(facts, f"{username}: {removed} second factors removed", as_json=as_json)
        return
    password = secrets.token_urlsafe(12)
    actions.set_password(SYSTEM, person_id=person_id, password=password)
    facts = {"username": username, "password": password}
    tell(facts, f"{username}: new first password {password}", as_json=as_json)


@user.command()
@click.argument("username")
@json_option
def unlock(username: str, as_json: bool) -> None:
    """Open a locked account before its time."""
    start_django()
    from huoshui.access import actions
    from huoshui.access.actor import SYSTEM

    actions.unlock(SYSTEM, person_id=_person(username))
    tell({"username": username, "locked": False}, f"{username}: unlocked", as_json=as_json)


@user.command()
@click.argument("phone")
@json_option
def code(phone: str, as_json: bool) -> None:
    """Print the newest message to PHONE; in practice mode the one-time code is in it."""
    start_django()
    from huoshui.access import queries

    message = queries.last_practice_message(phone)
    if message is None:
        raise click.ClickException(f"no message to {phone} was written down")
    tell({"phone": phone, "message": message}, message, as_json=as_json)


@user.command()
@json_option
def rekey(as_json: bool) -> None:
    """Write encrypted phone numbers again under the newest of HUOSHUI_DATA_KEYS."""
    start_django()
    from huoshui.access import actions
    from huoshui.access.actor import SYSTEM

    count = actions.rekey(SYSTEM)
    tell({"rewritten": count}, f"{count} values written again", as_json=as_json)


def _person(username: str) -> int:
    from huoshui.access import queries

    found = queries.actor_id(username)
    if found is None:
        raise click.UsageError(f"no account is called {username!r}; see `huoshui user list`")
    return found
