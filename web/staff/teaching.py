"""Teaching: staff say what is right for a question; the next edition knows it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chatbot import BrokenExample, EditorialError, Sentence, Target, Topic, try_question
from corpus import KINDS, slug
from web import current
from web.api import QUESTION_LIMIT
from web.staff.desk import desk, drafts
from web.staff.session import blueprint, me, note, signed_in
from web.staff.trying import MESSAGES, Side, message_name, side

NEAREST = 8
"""How many sentences are offered before the articles are opened."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A sentence to pick: ``value`` is what the form sends."""

    value: str
    sentence: Sentence
    article: str


@blueprint.get("/teach")
@signed_in("editor")
def teaching() -> str:
    """What can be taught, what was taught lately, and which examples an edit broke."""
    taught = desk().teaching.taught()
    return render_template(
        "staff/teach.html",
        taught=taught[:50],
        more=len(taught) - 50,
        broken=broken_ones(),
        describe=describe,
        titles=titles(),
        job=desk().publishing.job(),
    )


@blueprint.post("/teach")
@signed_in("editor")
def teach_question() -> str | tuple[str, int]:
    """What could be right for a question: the nearest sentences, an article's, a topic, or a kind of message."""
    question, after = _asked()
    if not question:
        flash("Write the question first.", "error")
        return teaching_page("", after, ""), 422
    return teaching_page(question, after, request.form.get("article", ""))


@blueprint.post("/teach/save")
@signed_in("editor")
def save_lesson() -> str | tuple[str, int]:
    """Write down what is right, and show what that changes."""
    question, after = _asked()
    try:
        target = _target()
        note("question taught", describe(target))
        taught = desk().teaching.teach(question, after, target, me().name)
    except EditorialError as error:
        flash(str(error), "error")
        return teaching_page(question, after, request.form.get("article", "")), 422
    return render_template(
        "staff/taught.html",
        taught=taught,
        describe=describe,
        titles=titles(),
        published=_published(question, after),
        job=desk().publishing.job(),
    )


@blueprint.post("/teach/undo")
@signed_in("editor")
def undo_lesson() -> Response:
    """Take back what was taught."""
    sent = request.form.get("text", "").replace("\r\n", "\n")
    found = next((each for each in desk().teaching.taught() if each.text.replace("\r\n", "\n") == sent), None)
    try:
        if found is None:
            raise EditorialError("That was changed or taken back already.")
        note("teaching taken back", describe(found.target))
        desk().teaching.undo(found)
    except EditorialError as error:
        flash(str(error), "error")
    else:
        flash("Taken back.")
    return redirect(url_for("staff.teaching"))


@blueprint.post("/teach/aim")
@signed_in("editor")
def aim_again() -> Response:
    """Aim the example questions of a sentence that is gone at another, or leave the sentence out."""
    article, quote = request.form.get("of", ""), request.form.get("quote", "").replace("\r\n", "\n")
    found = next((each for each in broken_ones() if (each.article, _plain(each.quote)) == (article, quote)), None)
    if found is None:
        flash("These questions were aimed again already.")
        return redirect(url_for("staff.teaching"))
    try:
        target = _target() if request.form.get("do") == "chosen" else None
        target = found.nearest if request.form.get("do") == "nearest" else target
        note("questions aimed again", found.article, describe(target) if target else "left out")
        desk().teaching.re_aim(found, target)
    except EditorialError as error:
        flash(str(error), "error")
    else:
        flash(f"Done: {len(found.questions)} {'question' if len(found.questions) == 1 else 'questions'} aimed again.")
    return redirect(url_for("staff.teaching", _anchor="broken"))


@blueprint.post("/teach/choose")
@signed_in("editor")
def choose_for_broken() -> str:
    """Every sentence of an article, to aim the questions of one that is gone at."""
    article, quote = request.form.get("of", ""), request.form.get("quote", "").replace("\r\n", "\n")
    found = next((each for each in broken_ones() if (each.article, _plain(each.quote)) == (article, quote)), None)
    chosen = request.form.get("article") or article
    return render_template(
        "staff/aim.html",
        broken=found if found is not None else abort(404),
        chosen=chosen,
        **_choices(chosen),
    )


def teaching_page(question: str, after: str, chosen: str) -> str:
    """The page on which one picks what is right."""
    published = _published(question, after) if question else None
    return render_template(
        "staff/teach_question.html",
        question=question,
        after=after,
        published=published,
        nearest=nearest(published),
        chosen=chosen,
        limit=QUESTION_LIMIT,
        **_choices(chosen),
    )


def nearest(published: Side | None) -> list[Offered]:
    """The sentences that the bot itself found nearest and that the drafts still hold, best first."""
    offered: list[Offered] = []
    held: dict[str, list[Offered]] = {}
    for match in published.tried.matches if published else ():
        article = match.passage.article.id
        if article not in held:
            held[article] = sentences_of(article)
        texts = [span.text for span in match.highlights[:2]]
        offered += [each for each in held[article] if each.sentence.quote in texts and each not in offered]
    return offered[:NEAREST]


def sentences_of(article_id: str) -> list[Offered]:
    """The sentences of a draft that can answer, in order; none where there is no such draft."""
    if article_id not in titles():
        return []
    found = desk().teaching.sentences(article_id)
    return [Offered(_value(each), each, titles().get(each.article, each.article)) for each in found]


def titles() -> dict[str, str]:
    """The titles of the drafts that can be quoted, by their short names."""
    usable = (each for each in drafts().articles() if each.state not in ("removed", "broken"))
    return dict(sorted(((each.id, each.title or each.id) for each in usable), key=lambda pair: pair[1].casefold()))


def broken_ones() -> list[BrokenExample]:
    """Examples that an edit broke."""
    return desk().teaching.broken()


def describe(target: Target) -> str:
    """What is right for a question, in words."""
    if isinstance(target, Sentence):
        return f"a sentence of “{titles().get(target.article, target.article)}”"
    if isinstance(target, Topic):
        return f"not covered: {target.label}"
    return message_name(target)


def _choices(chosen: str) -> dict[str, Any]:
    """What can be picked as right: the sentences of the chosen article, the topics, the kinds of message."""
    return {
        "titles": titles(),
        "offered": sentences_of(chosen),
        "topics": desk().teaching.topics(),
        "kinds": {kind: MESSAGES[kind] for kind in KINDS},
        "picked": request.form.get("target", ""),
    }


def _asked() -> tuple[str, str]:
    question = request.form.get("question", "")[:QUESTION_LIMIT]
    after = request.form.get("after", "")[:QUESTION_LIMIT]
    return " ".join(question.split()), " ".join(after.split())


def _published(question: str, after: str) -> Side | None:
    chatbot = current.service().chatbot
    return side(try_question(chatbot, question, [after] if after else [])) if chatbot else None


def _target() -> Target:
    """What was picked. A new topic gets a name made of its label."""
    sent = request.form.get("target", "")
    if sent.startswith("{"):
        try:
            given = json.loads(sent)
            return Sentence(str(given["article"]), str(given["quote"]))
        except (ValueError, KeyError):
            abort(400)
    if sent == "topic":
        label = " ".join(request.form.get("label", "").split())
        name = request.form.get("topic", "")
        known = {topic.name: topic for topic in desk().teaching.topics()}
        if name in known:
            return known[name]
        if not label:
            raise EditorialError("Choose a topic, or say in a few words what the articles do not cover.")
        return Topic(re.sub(r"-+", "_", slug(label)), label)
    if sent not in KINDS:
        raise EditorialError("Pick what is right for this question first.")
    return sent


def _value(sentence: Sentence) -> str:
    return json.dumps({"article": sentence.article, "quote": sentence.quote}, ensure_ascii=False)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")
