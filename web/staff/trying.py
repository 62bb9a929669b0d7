"""Trying a question: the visitor's reply from the drafts beside the published one, with the reasons for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request
from markupsafe import Markup

from chatbot import Busy, Job, Tried, try_question
from index import EditionError, Match
from web import current
from web.api import AFTER_LIMIT, QUESTION_LIMIT
from web.quotes import quote_html
from web.staff.desk import desk
from web.staff.session import blueprint, me, note, signed_in

KINDS = {
    "answer": "Answered with a quote",
    "not_covered": "Not in the articles",
    "personal": "Asks for personal medical advice",
    "crisis": "Crisis: help comes first",
    "emergency": "Emergency: help comes first",
    "abuse": "Abuse: help comes first",
    "smalltalk": "Small talk",
    "empty": "Nothing was asked",
    "trouble": "Could not be looked up",
}
"""What the kinds of a reply are called on the staff pages."""

MESSAGES = {
    "answer": "A question that the articles answer",
    "personal": "A request for personal medical advice",
    "offtopic": "Something that has nothing to do with the clinic",
    "smalltalk:greeting": "A greeting",
    "smalltalk:thanks": "Thanks",
    "smalltalk:bye": "A goodbye",
    "smalltalk:identity": "“Who are you?”",
    "smalltalk:human": "“Can I talk to a person?”",
    "smalltalk:help": "“What can you do?”",
    "smalltalk:ack": "“OK”, “I see”",
    "smalltalk:insult": "An insult",
}
"""What the kinds of a message are called; these, but the first, can be taught."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found: where it stands, its text with the sentence that fits marked, its score in per cent."""

    article: str
    heading: str
    html: Markup
    score: int


@dataclass(frozen=True, slots=True)
class Side:
    """One edition's answer: the reply as visitors see it, and why."""

    tried: Tried
    reply: Mapping[str, Any]
    kind: str
    likely: int | None
    kinds: tuple[tuple[str, int], ...]
    found: tuple[Found, ...]


@blueprint.get("/try")
@signed_in("editor")
def trying() -> str:
    """Where to try a question."""
    return _page("", [])


@blueprint.post("/try")
@signed_in("editor")
def try_it() -> str | tuple[str, int]:
    """Answer a question from both editions; or begin to prepare the draft, and then answer."""
    question = request.form.get("question", "").replace("\r\n", "\n")
    earlier = [line.strip() for line in request.form.get("after", "").splitlines() if line.strip()]
    if len(question) > QUESTION_LIMIT:
        flash(f"A question may have {QUESTION_LIMIT} characters, as on the visitors’ page.", "error")
        return _page(question[:QUESTION_LIMIT], earlier), 422
    if request.form.get("do") == "prepare":
        prepare()
    return _page(question, earlier[-AFTER_LIMIT:])


def prepare() -> None:
    """Begin to prepare the draft; where that is being done already, nothing is lost by asking again."""
    note("draft prepared", "draft")
    try:
        desk().publishing.start(me().name)
    except Busy as busy:
        flash(str(busy))


def side(tried: Tried) -> Side:
    """A tried question as the page shows it."""
    likely = None if tried.answerable is None else _percent(tried.answerable)
    kinds = tuple((message_name(kind), _percent(share)) for kind, share in tried.kinds.items() if share >= 0.01)
    found = tuple(_found(match) for match in tried.matches)
    return Side(tried, tried.reply.to_dict(), KINDS[tried.kind], likely, kinds, found)


def message_name(kind: str) -> str:
    """What a kind of message, or a topic that is not covered, is called."""
    topic = kind.removeprefix("topic:")
    return MESSAGES.get(kind, f"Not covered: {topic.replace('_', ' ')}" if topic != kind else kind)


def both(question: str, earlier: list[str], job: Job) -> tuple[Side | None, Side | None]:
    """The published answer and the one of the prepared draft; None where there is no such edition."""
    published = current.service().chatbot
    shown = side(try_question(published, question, earlier)) if published is not None else None
    if job.state != "ready":
        return shown, None
    try:
        candidate = current.service().candidate(job.edition)
    except EditionError as error:
        flash(f"The prepared draft cannot be loaded; prepare it again. ({error})", "error")
        return shown, None
    return shown, side(try_question(candidate, question, earlier))


def _page(question: str, earlier: list[str]) -> str:
    job = desk().publishing.job()
    published, draft = both(question, earlier, job) if question.strip() else (None, None)
    changed = job.report.changed if job.state == "ready" and job.report else ()
    return render_template(
        "staff/try.html",
        question=question,
        earlier=earlier,
        job=job,
        published=published,
        draft=draft,
        changed=changed,
        kinds=KINDS,
        limit=QUESTION_LIMIT,
    )


def _found(match: Match) -> Found:
    passage = match.passage
    places = [(span.start - passage.start, span.end - passage.start) for span in match.highlights]
    heading = passage.headings[-1] if passage.headings else ""
    return Found(passage.article.title, heading, quote_html(passage.text, places), _percent(match.score))


def _percent(share: float) -> int:
    return round(100 * share)
