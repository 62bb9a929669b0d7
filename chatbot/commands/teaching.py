"""teach and gaps: what is right for a question, and which questions have no answer yet."""

from __future__ import annotations

from pathlib import Path

import click

from chatbot.commands.frame import JOURNAL, command
from chatbot.commands.publishing import BY
from chatbot.deciding import understand
from chatbot.editorial import Sentence, Target, Teaching, Topic
from chatbot.editorial import gaps as find_gaps
from chatbot.journal import Database, Journal
from corpus import KINDS
from index import load_edition

SHOWN = 6
"""So many sentences are offered to choose from."""


@command
@click.argument("question")
@click.option("--after", default="", metavar="EARLIER", help="The earlier message that the question leans on.")
@click.option("--article", metavar="ID", help="The article that answers, with --quote.")
@click.option("--quote", metavar="WORDS", help="The sentence that answers, word for word.")
@click.option("--topic", metavar="NAME", help="A topic that the articles do not cover.")
@click.option("--label", metavar="WORDS", help='What the topic is called after "Our articles say nothing about".')
@click.option("--kind", type=click.Choice(KINDS), help="A fixed kind of message.")
@BY
def teach(
    corpus: Path,
    var: Path,
    question: str,
    after: str,
    article: str | None,
    quote: str | None,
    topic: str | None,
    label: str | None,
    kind: str | None,
    by: str,
) -> None:
    """Teach what is right for QUESTION; without an option, choose among the sentences found for it."""
    teaching = Teaching(corpus, var)
    if bool(article) != bool(quote) or sum(map(bool, (article, topic, kind))) > 1:
        raise click.UsageError("give --article and --quote, or --topic, or --kind, or none of them")
    target: Target
    if article and quote:
        target = Sentence(article, quote)
    elif topic:
        known = {each.name: each for each in teaching.topics()}
        target = Topic(topic, label) if label else known.get(topic, Topic(topic, topic.replace("_", " ")))
    else:
        target = kind or _chosen(var, question, after)
    taught = teaching.teach(question, after, target, by)
    click.echo("taught; the next edition knows it. To publish it, run: chatbot build")
    if taught.elsewhere:
        click.echo(f"{taught.elsewhere}: teaches something else for the same question; remove one of the two", err=True)


@command
@JOURNAL
def gaps(corpus: Path, var: Path, journal: str | None) -> None:
    """List what visitors ask and the articles do not answer."""
    edition = load_edition(var)
    try:
        found = find_gaps(Journal(Database.of(journal, var)), edition)
    finally:
        edition.texts.close()
    for group in found.groups:
        mark = "*" if group.is_suggestion else " "
        click.echo(f"{mark}{len(group.questions):>4}  {'  |  '.join(each.text for each in group.questions[:5])}")
    for topic, count in found.topics.items():
        click.echo(f"topic {count:>4}  {topic}")
    for monday, (replies, missed) in found.weeks.items():
        click.echo(f"week of {monday}: {missed} of {replies} replies were not covered")


def _chosen(var: Path, question: str, after: str) -> Sentence:
    """The sentence that the person chooses among those found."""
    edition = load_edition(var)
    found = understand(edition, question, (after,) if after else ())
    sentences = [Sentence(span.article.id, span.text) for match in found.matches for span in match.highlights[:1]]
    edition.texts.close()
    for number, sentence in enumerate(sentences[:SHOWN], 1):
        click.echo(f"{number}  {' '.join(sentence.quote.split())}  ({sentence.article})")
    number = click.prompt("Which sentence answers it?", type=click.IntRange(1, len(sentences[:SHOWN])))
    return sentences[int(number) - 1]
