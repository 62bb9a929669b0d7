"""Trying and teaching: why the bot answers so, what is right instead, what that changes; no question in an address."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from html import unescape
from typing import Any

import pytest
from desks import Clinic, Staff, text_of

from chatbot import Service
from web.staff.teaching import sentences_of

QUESTION = "is my zeppelin warm?"
SENTENCE = "A lantern needs oil, and it burns all night."
EXAMPLES = """[[example]]
answers = [{ article = "samovars", quote = "A samovar is filled from the top." }]
questions = ["how do i fill an urn", "filling a samovar"]
"""


@pytest.fixture
def editor(clinic: Clinic) -> Staff:
    return Staff.log_in(clinic.app, role="editor")


def target(clinic: Clinic, article: str, quote: str) -> str:
    """What the form sends for a sentence."""
    with clinic.app.test_request_context("/staff/"):
        return next(each.value for each in sentences_of(article) if each.sentence.quote == quote)


def taught(clinic: Clinic) -> list[dict[str, Any]]:
    path = clinic.corpus / "questions" / "taught.toml"
    return list(tomllib.loads(path.read_text("utf-8")).get("example", [])) if path.exists() else []


def columns(page: str) -> tuple[str, str]:
    """What the page shows of the published answer, and of the draft's."""
    before, after = page.split('id="published"')[1].split("Is that not right?")[0].split('id="draft"')
    return text_of(before), text_of(after)


def test_a_question_is_tried_as_a_visitor_would_be_answered_and_the_reason_is_given(
    clinic: Clinic, editor: Staff
) -> None:
    page = editor.post("/staff/try", question="How is a samovar filled?").text
    published, draft = columns(page)
    reply = clinic.app.test_client().post("/api/ask", json={"question": "How is a samovar filled?"}).get_json()
    assert reply["words"] in published
    assert text_of(reply["quotes"][0]["text"]).strip() in published
    assert reply["disclaimer"] in published
    assert "Answered with a quote" in published
    assert "The articles answer this with a probability of" in published
    assert re.search(r"\d+ in 100", published)
    assert "Passages found" in published
    assert "has not been prepared yet" in draft
    assert "Prepare the draft" in draft


def test_trying_records_nothing(clinic: Clinic, editor: Staff) -> None:
    editor.post("/staff/try", question="How is a samovar filled?")
    service: Service = clinic.app.extensions["service"]
    service.journal.flush(10)
    assert service.referral_counts() == {}
    assert not service.journal.kinds_by_day(date(2020, 1, 1))


def test_the_draft_answers_beside_the_published_edition_once_it_is_prepared(clinic: Clinic, editor: Staff) -> None:
    path = clinic.corpus / "articles/samovars.md"
    path.write_text(path.read_text("utf-8").replace("from the top", "from below"), "utf-8")
    clinic.prepare()
    published, draft = columns(editor.post("/staff/try", question="How is a samovar filled?").text)
    assert ("from the top" in published, "from below" in published) == (True, False)
    assert ("from the top" in draft, "from below" in draft) == (False, True)
    path.write_text(path.read_text("utf-8").replace("from below", "from behind"), "utf-8")
    assert "Something has changed since" in columns(editor.post("/staff/try", question="samovar?").text)[1]


def test_danger_is_shown_as_danger(editor: Staff) -> None:
    published, _ = columns(editor.post("/staff/try", question="i want to kill myself").text)
    assert "Crisis: help comes first" in published
    assert "988" in published
    assert "The safety screen heard danger" in published


def test_a_question_is_taught_with_a_sentence_and_the_next_draft_knows_it(clinic: Clinic, editor: Staff) -> None:
    choose = editor.post("/staff/teach", do="start", question=QUESTION, article="samovars").text
    assert SENTENCE in text_of(choose)
    done = editor.post("/staff/teach/save", question=QUESTION, after="", target=target(clinic, "samovars", SENTENCE))
    assert "Taught" in text_of(done.text)
    assert taught(clinic)[0]["answers"] == [{"article": "samovars", "quote": SENTENCE}]
    assert clinic.audit()[0] == ("Joy", "question taught", "a sentence of “Samovars and lanterns”", "")
    job = clinic.prepare()
    assert job.state == "ready"
    draft = columns(editor.post("/staff/try", question=QUESTION).text)[1]
    assert SENTENCE in draft


def test_what_teaching_changes_for_every_other_known_question_is_shown(clinic: Clinic, editor: Staff) -> None:
    clinic.write("questions/a.toml", EXAMPLES)
    clinic.prepare()
    page = text_of(editor.post("/staff/try", question="How is a samovar filled?").text)
    assert "Other known questions whose answer changes" in page


@pytest.mark.parametrize(
    ("sent", "entry"),
    [
        ({"target": "personal"}, {"kind": "personal"}),
        ({"target": "smalltalk:thanks"}, {"kind": "smalltalk:thanks"}),
        (
            {"target": "topic", "topic": "", "label": "Parking at  the clinic"},
            {"topic": "parking_at_the_clinic", "label": "Parking at the clinic"},
        ),
    ],
)
def test_a_topic_or_a_kind_is_taught_too(
    clinic: Clinic, editor: Staff, sent: dict[str, str], entry: dict[str, str]
) -> None:
    editor.post("/staff/teach/save", question=QUESTION, after="and then?", **sent)
    found = taught(clinic)[0]
    assert {key: found[key] for key in entry} == entry
    assert found["follow_ups"] == [{"after": "and then?", "question": QUESTION}]


@pytest.mark.parametrize("sent", [{}, {"target": "crisis"}, {"target": "topic"}, {"target": "no such kind"}])
def test_nothing_is_taught_where_nothing_was_picked_and_the_question_stays(
    clinic: Clinic, editor: Staff, sent: dict[str, str]
) -> None:
    answer = editor.post("/staff/teach/save", question=QUESTION, **sent)
    assert answer.status_code == 422
    assert QUESTION in text_of(answer.text)
    assert taught(clinic) == []


def test_what_was_taught_is_taken_back(clinic: Clinic, editor: Staff) -> None:
    done = editor.post("/staff/teach/save", question=QUESTION, target="personal").text
    text = re.search(r'<textarea name="text" hidden>\n(.*?)</textarea>', done, re.S)
    assert text
    assert "Taken back." in text_of(editor.post("/staff/teach/undo", text=unescape(text[1]).replace("\n", "\r\n")).text)
    assert taught(clinic) == []
    assert "already" in text_of(editor.post("/staff/teach/undo", text=unescape(text[1])).text)


def break_examples(clinic: Clinic) -> dict[str, str]:
    clinic.write("questions/a.toml", EXAMPLES)
    path = clinic.corpus / "articles/samovars.md"
    path.write_text(path.read_text("utf-8").replace("filled from the top", "always filled from the top"), "utf-8")
    return {"of": "samovars", "quote": "A samovar is filled from the top."}


def answers(clinic: Clinic) -> str:
    return str(
        tomllib.loads((clinic.corpus / "questions/a.toml").read_text("utf-8"))["example"][0]["answers"][0]["quote"]
    )


def test_questions_that_lost_their_answer_are_aimed_again_with_one_press(clinic: Clinic, editor: Staff) -> None:
    sent = break_examples(clinic)
    page = editor.read("/staff/teach")
    assert "Questions that lost their answer 1" in page
    assert "how do i fill an urn" in page
    assert "A samovar is always filled from the top." in page
    done = text_of(editor.post("/staff/teach/aim", do="nearest", **sent).text)
    assert "2 questions aimed again" in done
    assert "lost their answer" not in done
    assert answers(clinic) == "A samovar is always filled from the top."
    assert clinic.audit()[0][1] == "questions aimed again"
    assert "already" in text_of(editor.post("/staff/teach/aim", do="nearest", **sent).text)


def test_or_at_another_sentence(clinic: Clinic, editor: Staff) -> None:
    sent = break_examples(clinic)
    page = text_of(editor.post("/staff/teach/choose", article="parrots", **sent).text)
    assert "A parrot repeats what it hears." in page
    chosen = target(clinic, "parrots", "A parrot repeats what it hears.")
    editor.post("/staff/teach/aim", do="chosen", target=chosen, **sent)
    assert answers(clinic) == "A parrot repeats what it hears."


def test_the_only_answer_is_not_left_out_without_another(clinic: Clinic, editor: Staff) -> None:
    sent = break_examples(clinic)
    assert "choose another" in text_of(editor.post("/staff/teach/aim", do="drop", **sent).text)
    assert answers(clinic) == sent["quote"]


def test_no_question_stands_in_an_address_or_in_the_audit_log(clinic: Clinic, editor: Staff) -> None:
    editor.post("/staff/try", question=QUESTION, after="earlier zeppelin")
    editor.post("/staff/teach", question=QUESTION, after="earlier zeppelin")
    editor.post("/staff/teach/save", question=QUESTION, target="personal")
    pages = [editor.get("/staff/teach").text, editor.post("/staff/try", question=QUESTION).text]
    assert not [address for address in editor.addresses if "zeppelin" in address]
    assert not re.search(r'(?:href|action)="[^"]*zeppelin', " ".join(pages))
    assert 'method="get"' not in pages[1]
    assert "zeppelin" not in str(clinic.audit())
