"""The pages that a person reads: the chat, an article, the safety protocol."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for

from corpus import Article
from web import api, current
from web.articles import article_html, has_mark
from web.language import direction
from web.quotes import line_html, quote_html

FORM_LIMIT = 1024 * 1024
"""The largest form that is read: a long text and the earlier questions, with every character escaped."""
FEW = 5
"""A count below this is not shown: it could point at a person."""

_SCRIPT_WORDS = (
    "answer", "copied", "copy", "crisis_help", "from_article", "matches", "new_tab", "no", "read_in_context",
    "reason_not_asked", "reason_unclear", "reason_unsafe", "reason_wrong", "reviewed", "suggestions",
    "suggestions_covered", "thanks_feedback", "useful", "waiting", "why", "yes", "you",
)  # fmt: skip
_SCRIPT_ERRORS = ("heading", "not_reached", "retry", "too_long", "too_many")

blueprint = Blueprint("pages", __name__)


@blueprint.app_context_processor
def at_hand() -> dict[str, Any]:
    """What every template may use."""
    chatbot, languages = current.service(), current.languages()
    code = current.language()
    choices = [(other, languages.wording(chatbot.wording, other)["page.language_name"]) for other in languages.codes]
    return {
        "t": current.wording(),
        "language": code,
        "direction": direction(code),
        "language_choices": choices,
        "chosen": current.chosen_language(),
        "clinic": current.clinic_name(),
        "foot": current.foot(),
        "leave_to": current_app.config["LEAVE_TO"],
        "line_html": line_html,
        "quote_html": quote_html,
    }


@blueprint.get("/")
def chat() -> str:
    """The chat page, before the first question."""
    return chat_page()


@blueprint.post("/")
def ask() -> tuple[str, int]:
    """Answer a question that was posted by the page itself: the whole round without JavaScript."""
    request.max_content_length = FORM_LIMIT
    question = request.form.get("question", "").replace("\r\n", "\n")
    after = [text.replace("\r\n", "\n") for text in request.form.getlist("after")]
    after = [text[: api.HEARD] for text in after if text.strip()]
    reply = api.answer(question, after) if len(question) <= api.QUESTION_LIMIT else api.help_only(question)
    if reply is None:
        error = current.wording().say("error.too_long", limit=str(api.QUESTION_LIMIT))
        return chat_page(question=question, after=after, error=error), 422
    return chat_page(asked=question, reply=reply, after=after), 200


@blueprint.get("/articles/<article_id>")
def article(article_id: str) -> str:
    """An article to read, ``?start=&end=`` marked; a place that it lacks marks nothing."""
    found = current.service().article(article_id)
    if found is None:
        abort(404)
    start, end = _number("start"), _number("end")
    html = article_html(found, start, end)
    return render_template("article.html", article=found, html=html, marked=has_mark(html))


@blueprint.get("/safety")
def safety() -> str:
    """How the program responds to danger, with counts of how often it did."""
    few = current.wording()["safety.counts_few"]
    counts = sorted(current.service().shown_counts().items(), reverse=True)
    shown = [(month, str(count) if count >= FEW else few) for month, count in counts if count]
    return render_template("safety.html", counts=shown, keeps_text=current.service().clinic.keep_unanswered_questions)


def chat_page(*, embedded: bool = False, **turn: Any) -> str:
    """The chat as HTML: with a reply, an error, or nothing asked yet."""
    values = {"asked": None, "reply": None, "error": None, "question": "", "after": [], **turn}
    reply = values["reply"]
    if reply:
        for quote in reply["quotes"]:
            quote["language"] = _language_of(quote["article"]["id"])
            quote["link"] = article_link(quote)
    remembered = [*values["after"], *([values["asked"]] if (values["asked"] or "").strip() else [])]
    return render_template(
        "chat.html",
        **values,
        remembered=current.service().worth_remembering(remembered, api.AFTER_LIMIT),
        embedded=embedded,
        starters=current.service().first_questions,
        ready=current.service().ready,
        data=_data(embedded),
        contact=current.contact(),
    )


def article_link(quote: dict[str, Any]) -> str:
    """Where to read a quote in its article."""
    return url_for(
        "pages.article",
        article_id=quote["article"]["id"],
        start=quote["start"],
        end=quote["end"],
        lang=current.chosen_language(),
        _anchor="quote",
    )


def _data(embedded: bool) -> dict[str, Any]:
    """What the page's script needs: addresses, limits and every sentence it may show."""
    words, chatbot = current.wording(), current.service()
    return {
        "words": {key: words[f"page.{key}"] for key in _SCRIPT_WORDS}
        | {f"error.{key}": words[f"error.{key}"] for key in _SCRIPT_ERRORS},
        "addresses": {
            "ask": url_for("api.ask", lang=current.language()),
            "feedback": url_for("api.feedback"),
            "known": url_for("api.known_questions"),
            "articles": url_for("pages.article", article_id="-")[:-1],
            "leave": current_app.config["LEAVE_TO"],
        },
        "limit": api.QUESTION_LIMIT,
        "after": api.AFTER_LIMIT,
        "language": current.language(),
        "lang": current.chosen_language(),
        "languages": chatbot.article_languages,
        "help": current.foot(),
        "contact": current.contact(),
        "sites": list(chatbot.clinic.sites) if embedded else [],
        "embedded": embedded,
    }


def _language_of(article_id: str) -> str:
    found: Article | None = current.service().article(article_id)
    return found.language if found else "en"


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
