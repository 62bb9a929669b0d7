"""staff: who may log in to the staff pages. The first account is made here; there is none by default."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from chatbot.commands.frame import JOURNAL, command, main
from chatbot.journal import Database
from chatbot.people import ROLES, People, Person

BY = "command line"
"""Who is named in the audit log: whoever can run commands on the server."""


@main.group()
def staff() -> None:
    """Who may log in to the staff pages."""


staff_command = partial(command, group=staff)
ADDRESS = click.option(
    "--address", default="https://chat.example.org", show_default=True, help="Where this program is served."
)


@staff_command
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What this person may do.")
@ADDRESS
@JOURNAL
def add(corpus: Path, var: Path, name: str, role: str, address: str, journal: str | None) -> None:
    """Make an account for NAME and print the link of the invitation."""
    _print_link(address, People(Database.of(journal, var)).invite(name, role, BY))


@staff_command
@JOURNAL
def list(corpus: Path, var: Path, journal: str | None) -> None:
    """List every account: name, role, state, last log-in (UTC)."""
    for person in People(Database.of(journal, var)).people():
        last = f"{person.last_login:%Y-%m-%d %H:%M}" if person.last_login else "never"
        click.echo(f"{person.name}\t{person.role}\t{_state(person)}\t{last}")


@staff_command
@click.argument("name")
@JOURNAL
def disable(corpus: Path, var: Path, name: str, journal: str | None) -> None:
    """Shut NAME out at once."""
    person = People(Database.of(journal, var)).disable(name, BY)
    click.echo(f"{person.name} can no longer log in")


@staff_command
@click.argument("name")
@ADDRESS
@JOURNAL
def reset(corpus: Path, var: Path, name: str, address: str, journal: str | None) -> None:
    """End NAME's password, second factor and sessions, and print the link of a new invitation."""
    _print_link(address, People(Database.of(journal, var)).reset(name, BY))


def _print_link(address: str, token: str) -> None:
    click.echo(f"{address.rstrip('/')}/staff/welcome/{token}")
    click.echo("give this link to nobody else; it can be used once, within seven days", err=True)


def _state(person: Person) -> str:
    if not person.active:
        return "disabled"
    if not person.has_password:
        return "invited"
    return "active" if person.has_second_factor else "no second factor yet"
