"""The articles as drafts: a list that stays comfortable with a thousand, writing with checks, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chatbot import DraftArticle, EditConflict
from corpus import Severity, changes, slug
from web.staff.desk import drafts
from web.staff.session import blueprint, note, signed_in
from web.staff.writing import SHORT_NAME, Form, form_of, form_sent, preview_of, text_of

PER_PAGE = 50
STATES = {
    "published": "Published",
    "changed": "Changed, not yet published",
    "new": "New, not yet published",
    "removed": "Taken out, not yet published",
    "broken": "Must be mended",
}
CHOICES = {
    "": "All articles",
    "waiting": "Not yet published",
    "stop": "To be mended",
    "warn": "With something to look at",
    "removed": "Taken out",
}
ORDERS = {"title": "By title", "reviewed": "Longest without review first", "checks": "Most to mend first"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the list is wanted."""

    title: str = ""
    state: str = ""
    order: str = "title"
    page: int = 1


@blueprint.get("/articles")
@signed_in("editor")
def articles() -> str:
    """The list of drafts."""
    every = drafts().articles()
    wanted = _wanted()
    found = chosen(every, wanted)
    pages = max(1, -(-len(found) // PER_PAGE))
    wanted = replace(wanted, page=min(wanted.page, pages))
    first = (wanted.page - 1) * PER_PAGE
    return render_template(
        "staff/articles.html",
        wanted=wanted,
        shown=found[first : first + PER_PAGE],
        found=len(found),
        pages=pages,
        near=near(wanted.page, pages),
        choices=CHOICES,
        orders=ORDERS,
        states=STATES,
        counts={state: sum(fits(each, state) for each in every) for state in CHOICES},
    )


def chosen(every: Sequence[DraftArticle], wanted: Wanted) -> list[DraftArticle]:
    """The drafts that fit, in the wanted order."""
    words = wanted.title.casefold().split()
    found = [
        each
        for each in every
        if fits(each, wanted.state) and all(word in f"{each.title} {each.id}".casefold() for word in words)
    ]
    found.sort(key=lambda each: (each.title or each.id).casefold())
    if wanted.order == "reviewed":
        found.sort(key=lambda each: each.reviewed or date.min)
    elif wanted.order == "checks":
        found.sort(key=lambda each: (-stopping(each), -len(each.problems)))
    return found


def fits(article: DraftArticle, state: str) -> bool:
    """Whether an article belongs to one of CHOICES."""
    match state:
        case "waiting":
            return article.state != "published"
        case "removed":
            return article.state == "removed"
        case "stop":
            return stopping(article) > 0
        case "warn":
            return len(article.problems) > stopping(article)
    return True


def stopping(article: DraftArticle) -> int:
    """How many of its problems must be mended."""
    return Counter(each.severity is Severity.WARNING for each in article.problems)[False]


def near(page: int, pages: int) -> list[int]:
    """The numbers of the pages to offer: first, last, and those around this one; 0 where some are left out."""
    numbers = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    offered: list[int] = []
    for number in numbers:
        offered += [0, number] if offered and number > offered[-1] + 1 else [number]
    return offered


@blueprint.get("/new-article")
@signed_in("editor")
def new_article() -> str:
    """An empty article to write."""
    return _page("", Form(reviewed=date.today().isoformat()), "")


@blueprint.post("/new-article")
@signed_in("editor")
def write_article() -> Response | str | tuple[str, int]:
    """Check a new article, or save it under a short name that no other article has."""
    form = form_sent(request.form)
    text = text_of(form)
    if request.form.get("do") != "save":
        return _page("", form, text)
    article_id = form.id or slug(form.title)
    taken = {each.id.casefold() for each in drafts().articles()}
    if not SHORT_NAME.fullmatch(article_id) or article_id.casefold() in taken:
        flash(f"“{article_id}” cannot be its short name: small letters, digits and hyphens, one that is not taken.")
        return _page("", form, text), 422
    return save_article(article_id, form, text, None, "article written")


@blueprint.get("/articles/<article_id>")
@signed_in("editor")
def article(article_id: str) -> str:
    """One draft to read and change."""
    entry = entry_of(article_id)
    if entry.state == "removed":
        return render_template("staff/removed.html", entry=entry, states=STATES)
    text, version = drafts().text(article_id)
    return _page(article_id, form_of(text), text, version, entry)


@blueprint.post("/articles/<article_id>")
@signed_in("editor")
def change_article(article_id: str) -> Response | str | tuple[str, int]:
    """Check what was written, or save it."""
    entry = entry_of(article_id)
    was = "" if entry.state == "removed" else drafts().text(article_id)[0]
    form, version = form_sent(request.form), request.form.get("version", "")
    text = text_of(form, was)
    if request.form.get("do") != "save":
        return _page(article_id, form, text, version, entry)
    return save_article(article_id, form, text, version or None, "article changed")


@blueprint.post("/article-preview")
@signed_in("editor")
def preview_article() -> str:
    """The preview alone, for the page's script: the same part that the whole page holds."""
    article_id = request.form.get("of", "")
    known = {each.id for each in drafts().articles() if each.state != "removed"}
    was = drafts().text(article_id)[0] if article_id in known else ""
    text = text_of(form_sent(request.form), was)
    return render_template("staff/preview.html", **preview_of(drafts(), article_id, text))


@blueprint.post("/articles/<article_id>/remove")
@signed_in("editor")
def remove_article(article_id: str) -> Response:
    """Take an article out of the drafts; it can be brought back."""
    entry_of(article_id)
    note("article taken out", article_id)
    try:
        drafts().remove(article_id, request.form.get("version", ""))
    except EditConflict:
        note("not taken out: somebody else changed it", article_id)
        flash("Somebody changed this article in the meantime. Read it first; nothing was taken out.")
        return redirect(url_for("staff.article", article_id=article_id))
    flash("Taken out of the drafts. Visitors are no longer shown it once the next edition is published.")
    return redirect(url_for("staff.article", article_id=article_id))


@blueprint.post("/articles/<article_id>/restore")
@signed_in("editor")
def restore_article(article_id: str) -> Response:
    """Bring an article back that was taken out."""
    entry_of(article_id)
    note("article brought back", article_id)
    drafts().restore(article_id)
    flash("The article is back in the drafts.")
    return redirect(url_for("staff.article", article_id=article_id))


def entry_of(article_id: str) -> DraftArticle:
    """The draft of that name; 404 where there is none."""
    found = next((each for each in drafts().articles() if each.id == article_id), None)
    return found if found is not None else abort(404)


def save_article(
    article_id: str, form: Form, text: str, version: str | None, action: str, detail: str = ""
) -> Response | tuple[str, int]:
    """Save a draft and go to it; where somebody else saved meanwhile, the page that shows both texts."""
    note(action, article_id, detail)
    try:
        saved = drafts().save(article_id, text, version)
    except EditConflict as conflict:
        note("not saved: somebody else changed it", article_id)
        return _conflict(article_id, form, text, conflict), 409
    flash("The draft is saved. Visitors read it once it is published.")
    return redirect(url_for("staff.article", article_id=saved.id))


def _conflict(article_id: str, form: Form, text: str, conflict: EditConflict) -> str:
    """Both texts: theirs to read, with what is different, and one's own to go on with."""
    entry = next((each for each in drafts().articles() if each.id == article_id), None)
    found = changes(conflict.theirs, text) if conflict.theirs else []
    extra = {"conflict": conflict, "theirs": form_of(conflict.theirs), "changes": found}
    return _page(article_id, form, text, conflict.version, entry, **extra)


def _page(
    article_id: str, form: Form, text: str, version: str = "", entry: DraftArticle | None = None, **extra: Any
) -> str:
    values = {"conflict": None, **preview_of(drafts(), article_id, text), **extra}
    action = url_for("staff.article", article_id=article_id) if article_id else url_for("staff.new_article")
    return render_template(
        "staff/article.html",
        article_id=article_id,
        form=form,
        version=version,
        entry=entry,
        states=STATES,
        action=action,
        preview_at=url_for("staff.preview_article"),
        **values,
    )


def _wanted() -> Wanted:
    sent = request.args
    page = sent.get("page", "")
    return Wanted(
        sent.get("title", "")[:200],
        sent.get("state", "") if sent.get("state", "") in CHOICES else "",
        sent.get("order", "") if sent.get("order", "") in ORDERS else "title",
        max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )
