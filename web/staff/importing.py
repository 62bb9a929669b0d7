"""Articles from elsewhere: a file, pasted text or an address; looked at beside the original; saved as drafts only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import nh3
from flask import abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from chatbot import Batch, EditorialError
from corpus import Draft, Imported, NotImportable, changes, convert, convert_text, draft, fetch
from web.staff.articles import save_article
from web.staff.desk import desk, drafts
from web.staff.session import blueprint, note, signed_in
from web.staff.stores import stores
from web.staff.writing import SHORT_NAME, Form, form_of, form_sent, preview_of, text_of

_TAGS = {
    "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li",
    "ol", "p", "pre", "section", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_WAYS = ("file", "text", "address")


@dataclass(frozen=True, slots=True)
class Found:
    """One imported article in a list of many: ``state`` is new, again or saved; ``id`` the draft it is or would be."""

    number: int
    item: Imported
    state: str
    id: str


@blueprint.get("/import")
@signed_in("editor")
def importing() -> str:
    """Where to hand in a file, a text or an address."""
    return render_template("staff/import.html", error="", sent={})


@blueprint.post("/import")
@signed_in("editor")
def import_it() -> Response | tuple[str, int]:
    """Convert what was handed in, and go on to look at it."""
    way = request.form.get("way", "")
    try:
        items, origin = _handed_in(way if way in _WAYS else abort(400))
    except NotImportable as error:
        return render_template("staff/import.html", error=str(error), sent=request.form, way=way), 422
    token = desk().imports.keep(items, origin)
    if len(items) == 1:
        return redirect(url_for("staff.imported", token=token, number=1))
    return redirect(url_for("staff.import_batch", token=token))


@blueprint.get("/import/<token>")
@signed_in("editor")
def import_batch(token: str) -> str:
    """The articles that one import gave."""
    batch = _batch(token)
    found = [_found(batch, number) for number in range(1, len(batch.items) + 1)]
    unnamed = sum(not each.item.source for each in found if each.state == "new")
    return render_template("staff/import_many.html", batch=batch, found=found, unnamed=unnamed)


@blueprint.post("/import/<token>")
@signed_in("editor")
def save_batch(token: str) -> Response:
    """Save every article of an import that is new, as a draft; those that are there already are left to be compared."""
    batch, source, saved, without = _batch(token), request.form.get("source", "").strip(), 0, 0
    for number, item in enumerate(batch.items, 1):
        if _found(batch, number).state != "new":
            continue
        try:
            plan = draft(stores().corpus, item, source if not item.source else "")
            note("article imported", plan.id, batch.origin)
            drafts().save(plan.id, plan.text, None)
        except (NotImportable, EditorialError):
            without += 1
            continue
        desk().imports.saved(token, number, plan.id)
        saved += 1
    flash(f"{saved} saved as drafts. Nobody but staff reads them until they are published.")
    if without:
        flash(f"{without} could not be saved: look at each, it may lack a source.", "error")
    return redirect(url_for("staff.import_batch", token=token))


@blueprint.get("/import/<token>/<int:number>")
@signed_in("editor")
def imported(token: str, number: int) -> Response | str:
    """One imported article to look at, beside the original, and to correct."""
    batch, item = _item(token, number)
    if number in batch.saved:
        return redirect(url_for("staff.article", article_id=batch.saved[number]))
    plan = _plan(item)
    version = drafts().text(plan.id)[1] if plan.before is not None else ""
    form = replace(form_of(plan.text), id=plan.id)
    return _page(batch, number, form, plan.text, version, plan)


@blueprint.post("/import/<token>/<int:number>")
@signed_in("editor")
def save_imported(token: str, number: int) -> Response | str | tuple[str, int]:
    """Check what was corrected, or save it as a draft."""
    batch, item = _item(token, number)
    plan = _plan(item)
    form, version = form_sent(request.form), request.form.get("version", "")
    article_id = plan.id if plan.before is not None else form.id or plan.id
    text = text_of(form, plan.before or "")
    if request.form.get("do") != "save":
        return _page(batch, number, form, text, version, plan)
    if not version and (not SHORT_NAME.fullmatch(article_id) or _is_taken(article_id)):
        flash(f"“{article_id}” cannot be its short name: small letters, digits and hyphens, and not taken.", "error")
        return _page(batch, number, form, text, version, plan), 422
    answer = save_article(article_id, form, text, version or None, "article imported", batch.origin)
    if isinstance(answer, Response):
        desk().imports.saved(token, number, article_id)
    return answer


def original_html(item: Imported) -> Markup:
    """What was read, as it may be shown: no script, no picture, no link, no style; text as text."""
    if not item.original_is_html:
        return Markup('<pre class="original-text">{}</pre>').format(item.original)
    clean = nh3.clean(item.original, tags=_TAGS, attributes={})
    return Markup(clean)  # noqa: S704 - sanitised in the line above


def _handed_in(way: str) -> tuple[tuple[Imported, ...], str]:
    """What was handed in, converted, and where it came from in few words. Raises NotImportable."""
    if way == "text":
        item = convert_text(request.form.get("text", ""))
        title = request.form.get("title", "").strip()
        return (replace(item, title=title) if title else item,), "pasted text"
    if way == "address":
        fetched = fetch(request.form.get("address", "").strip())
        origin = urlsplit(fetched.address).hostname or fetched.name
        return convert(fetched.data, fetched.name, fetched.content_type, fetched.address), origin
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise NotImportable("No file was chosen. Choose one, then press the button again.")
    return convert(sent.stream.read(), sent.filename, sent.mimetype), sent.filename


def _batch(token: str) -> Batch:
    try:
        return desk().imports.batch(token)
    except EditorialError:
        return abort(404)


def _item(token: str, number: int) -> tuple[Batch, Imported]:
    batch = _batch(token)
    if not 1 <= number <= len(batch.items):
        abort(404)
    return batch, batch.items[number - 1]


def _plan(item: Imported) -> Draft:
    """The draft that the article would be; where nobody is named as its source, the form asks."""
    try:
        return draft(stores().corpus, item)
    except NotImportable:
        plan = draft(stores().corpus, item, "?")
        return replace(plan, text=plan.text.replace('source: "?"\n', "", 1).replace("source: ?\n", "", 1))


def _found(batch: Batch, number: int) -> Found:
    item = batch.items[number - 1]
    if number in batch.saved:
        return Found(number, item, "saved", batch.saved[number])
    plan = _plan(item)
    return Found(number, item, "new" if plan.before is None else "again", plan.id)


def _is_taken(article_id: str) -> bool:
    return any(each.id.casefold() == article_id.casefold() for each in drafts().articles())


def _page(batch: Batch, number: int, form: Form, text: str, version: str, plan: Draft) -> str:
    item = batch.items[number - 1]
    return render_template(
        "staff/imported.html",
        batch=batch,
        number=number,
        item=item,
        form=form,
        version=version,
        again=plan.before is not None,
        article_id=plan.id if plan.before is not None else "",
        original=original_html(item),
        changes=changes(plan.before, text) if plan.before is not None else [],
        **preview_of(drafts(), plan.id, text),
    )
