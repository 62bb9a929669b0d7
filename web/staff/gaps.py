"""What visitors could not find: groups of alike questions, topics, the trend; and what to do about each.

The questions are other people's words, redacted: whoever reads them leaves a
row in the audit log, and they travel in forms, never in addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chatbot import Chatbot, try_question
from chatbot import gaps as gaps_of
from corpus import Article
from web.current import service
from web.staff.charts import share_chart
from web.staff.dashboard import short
from web.staff.session import blueprint, note, signed_in
from web.staff.stores import stores

MOST = 50
"""At most this many groups are shown, the largest."""
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Near:
    """An article near a question, and the passage that came nearest."""

    article: Article
    headings: tuple[str, ...]
    text: str


@blueprint.get("/gaps")
@signed_in("editor")
def gaps() -> str:
    """The questions that the articles did not answer."""
    chatbot = service().chatbot
    found = gaps_of(stores().journal, chatbot.edition) if chatbot else None
    shown = found.groups[:MOST] if found else ()
    count = sum(len(group.questions) for group in shown)
    if count:
        note("questions read", "what visitors could not find", _number(count))
    weeks = list(found.weeks.items()) if found else []
    shares = [(short(monday), [missed / total if total else None]) for monday, (total, missed) in weeks]
    return render_template(
        "staff/gaps.html",
        found=found,
        groups=shown,
        more=len(found.groups) - len(shown) if found else 0,
        weeks=weeks,
        chart=share_chart(["Not in our articles"], shares),
        kept=service().clinic.keep_unanswered_questions,
    )


@blueprint.post("/gaps/article")
@signed_in("editor")
def extend_article() -> str:
    """The articles nearest to a question, to choose which of them should answer it."""
    question = request.form.get("question", "").strip()[:2000]
    chatbot = service().chatbot
    if not question or chatbot is None:
        abort(404)
    return render_template("staff/gap_article.html", question=question, near=nearest(chatbot, question))


@blueprint.post("/gaps/dismiss")
@signed_in("editor")
def dismiss_gap() -> Response:
    """Delete the questions of a group: dealt with, or not for this clinic."""
    numbers = [int(each) for each in request.form.getlist("number") if each.isascii() and each.isdigit()]
    note("questions dismissed", "what visitors could not find", _number(len(numbers)))
    count = stores().journal.dismiss(numbers)
    flash(f"{_number(count)} dismissed.")
    return redirect(url_for("staff.gaps"), 303)


def nearest(chatbot: Chatbot, question: str) -> list[Near]:
    """The articles whose passages come nearest to a question, best first."""
    found: dict[str, Near] = {}
    for match in try_question(chatbot, question).matches:
        passage = match.passage
        found.setdefault(passage.article.id, Near(passage.article, passage.headings, passage.text))
    return list(found.values())[:NEAREST]


def _number(count: int) -> str:
    return f"{count} question" if count == 1 else f"{count} questions"
