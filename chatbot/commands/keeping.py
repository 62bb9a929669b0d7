"""backup and restore: everything that staff made, in one file and back."""

from __future__ import annotations

from pathlib import Path

import click

from chatbot.commands.frame import JOURNAL, command
from chatbot.journal import Database
from chatbot.keeping import back_up
from chatbot.keeping import restore as put_back
from chatbot.people import Audit

BY = "command line"


@command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@JOURNAL
def backup(corpus: Path, var: Path, file: Path, journal: str | None) -> None:
    """Write everything to FILE (.tar.gz): articles, questions, words, editions, models, counts, accounts, audit log."""
    database = Database.of(journal, var)
    Audit(database).record(BY, "made a backup", file.name)
    made = back_up(corpus, var, database, file)
    click.echo(f"{file}: {made.files} files, {made.rows} rows of the database, {made.size / 1e6:.1f} MB")
    click.echo("it holds the accounts: keep it where only administrators can read it", err=True)


@command
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Replace what is there.")
@JOURNAL
def restore(corpus: Path, var: Path, file: Path, replace: bool, journal: str | None) -> None:
    """Put back everything from FILE, a backup; stop the server first."""
    database = Database.of(journal, var)
    manifest = put_back(file, corpus, var, database, replace)
    Audit(database).record(BY, "restored a backup", file.name, f"made {manifest['made']}")
    click.echo(f"restored {len(manifest['files'])} files, as they were at {manifest['made']}")
