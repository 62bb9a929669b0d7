"""import: articles from a file, from the web or from standard input, shown first and then saved as drafts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from chatbot.commands.frame import command
from chatbot.editorial import Drafts
from chatbot.problem import ChatbotError
from corpus import (
    LARGEST_FILE,
    Draft,
    Imported,
    NotImportable,
    changes,
    convert,
    convert_text,
    draft,
    fetch,
    parse_article,
    read_clinic,
)

_AROUND = {"kept": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


@command
@click.argument("place", metavar="SOURCE")
@click.option("--as", "article_id", metavar="ID", default="", help="The article's id: the name of its file.")
@click.option("--source", metavar="NAME", default="", help="Who says it; else what the file says, else the clinic.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def import_command(corpus: Path, var: Path, place: str, article_id: str, source: str, yes: bool) -> None:
    """Import SOURCE as a draft: a file, a web address, or - for text on standard input.

    Shows each article, or what would change in the one that is there, and asks before it is written. Publishes nothing.
    """
    try:
        found = _read(place)
        if article_id and len(found) > 1:
            raise click.UsageError(f"{place} holds {len(found)} articles; leave out --as, each gets an id of its own")
        clinic = read_clinic(corpus / "clinic.toml")[0].name
        written = 0
        for imported in found:
            named = imported if imported.source else replace(imported, source=clinic)
            planned = draft(corpus, named, source, article_id)
            written += _offer(Drafts(corpus, var), planned, imported, ask=None if yes else place != "-")
    except NotImportable as error:
        raise ChatbotError(str(error)) from None
    click.echo(f"{written} of {len(found)} written as drafts; nothing is published until: chatbot build", err=True)


def _read(place: str) -> tuple[Imported, ...]:
    """What the command was pointed at. Raises NotImportable, or OSError for a file that cannot be opened."""
    if place == "-":
        return (convert_text(sys.stdin.buffer.read(LARGEST_FILE).decode("utf-8", "replace")),)
    if re.match(r"[a-z][a-z0-9+.-]*://", place, re.I):
        fetched = fetch(place)
        return convert(fetched.data, fetched.name, fetched.content_type, fetched.address)
    with Path(place).open("rb") as opened:
        return convert(opened.read(LARGEST_FILE + 1), Path(place).name)


def _offer(drafts: Drafts, planned: Draft, imported: Imported, ask: bool | None) -> bool:
    """Show the draft and write it if the answer is yes; ``ask`` is None for yes, False where nobody can be asked."""
    version = None
    if planned.before is not None:
        before, version = drafts.text(planned.id)
        if before.replace("\r\n", "\n") == planned.text:
            click.echo(f"{planned.id}: nothing has changed")
            return False
        click.echo(f"{planned.id} is there already; what would change:\n")
        for line in _difference(before, planned.text):
            click.echo(line)
    else:
        click.echo(f"{planned.id}, a new article:\n\n{planned.text}")
    _, problems = parse_article(planned.text, planned.path, date.today())
    for sentence in (*imported.notes, *problems):
        click.echo(sentence, err=True)
    if ask is False:
        click.echo(f"{planned.id}: not written; look at it, then import it again with --yes", err=True)
    if ask is False or (ask and not click.confirm(f"Write {planned.id}?", err=True)):
        return False
    drafts.save(planned.id, planned.text, version)
    return True


def _difference(before: str, after: str) -> Iterator[str]:
    """The paragraphs that change, with one that stays around them, the words inside marked."""
    found = changes(before, after)
    near = {at + step for at, change in enumerate(found) if change.kind != "kept" for step in (-1, 0, 1)}
    for at, change in enumerate(found):
        if at not in near:
            continue
        if change.kind == "changed":
            yield "  " + "".join(f"{_AROUND[run.kind][0]}{run.text}{_AROUND[run.kind][1]}" for run in change.words)
        else:
            begin, end = _AROUND[change.kind]
            yield f"  {begin}{change.new or change.old}{end}"
        yield ""
