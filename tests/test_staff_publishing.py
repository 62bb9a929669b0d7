"""Publishing: prepared apart, stopped by the gate; overridden with a reason only, never for safety; undone in one."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from desks import Clinic, Staff, text_of, value_of

from chatbot import Failure
from chatbot.editorial.candidate import Desk
from index import current_id

CHECK = '[[check]]\nask = "How is a samovar filled?"\nexpect = "answer"\nquote = "from the top"\narticle = "samovars"\n'


@pytest.fixture
def publisher(clinic: Clinic) -> Staff:
    return Staff.log_in(clinic.app, role="publisher")


def edit(clinic: Clinic, old: str = "from the top", new: str = "from below") -> None:
    path = clinic.corpus / "articles/samovars.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def visitors_read(clinic: Clinic) -> str:
    clinic.app.extensions["service"]._looked = float("-inf")
    return clinic.app.test_client().get("/articles/samovars").text


def test_preparing_runs_in_a_process_of_its_own_and_its_progress_can_be_followed(
    clinic: Clinic, publisher: Staff
) -> None:
    edit(clinic)
    page = publisher.post("/staff/publish/prepare").text
    assert "data-progress" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    seen, end = [], time.monotonic() + 120
    while (job := publisher.get("/staff/publish/progress").get_json())["state"] == "running" and time.monotonic() < end:
        seen.append(job["words"])
        time.sleep(0.1)
    assert job["state"] == "ready", publisher.read("/staff/publish")
    assert seen
    assert "from the top" in visitors_read(clinic)
    shown = publisher.read("/staff/publish")
    assert "It passed everything" in shown
    assert re.search(r"[1-9]\d* safety messages", shown)
    assert "Publish it for visitors" in shown


def test_publishing_changes_what_visitors_read_and_is_written_down(clinic: Clinic, publisher: Staff) -> None:
    edit(clinic)
    job = clinic.prepare()
    shown = publisher.get("/staff/publish").text
    assert "<del>the top</del><ins>below</ins>" in shown
    done = text_of(publisher.post("/staff/publish", edition=job.edition).text)
    assert "Visitors read it from now on" in done
    assert "1 article changed" in done
    assert "by Joy" in done
    assert "from below" in visitors_read(clinic)
    assert clinic.audit()[0][:3] == ("Joy", "edition published", job.edition)
    assert "nothing else to publish" in publisher.read("/staff/publish")
    edit(clinic, "from below", "from behind")
    assert "Prepare the draft" in publisher.read("/staff/publish")
    assert "nothing else to publish" not in publisher.read("/staff/publish")


def test_a_failed_check_stops_it_and_a_publishers_reason_lets_it_through(clinic: Clinic, publisher: Staff) -> None:
    clinic.write("checks.toml", CHECK)
    edit(clinic)
    before, job = current_id(clinic.var), clinic.prepare()
    shown = publisher.read("/staff/publish")
    assert "1 of your checks fails" in shown
    assert "How is a samovar filled?" in shown
    assert "Publish it for visitors" not in shown
    refused = publisher.post("/staff/publish", edition=job.edition, reason=" ").text
    assert "give a reason" in text_of(refused.split('class="flashes"')[1].split("</div>")[0])
    assert current_id(clinic.var) == before
    assert clinic.audit()[0][1] == "publishing refused"
    publisher.post("/staff/publish", edition=job.edition, reason="Dr. Lee says the new way is right")
    assert current_id(clinic.var) == job.edition
    assert "Dr. Lee says" in publisher.read("/staff/history")
    assert "Dr. Lee says" in clinic.audit()[0][3]


def test_no_reason_lets_a_failed_safety_message_through(clinic: Clinic, publisher: Staff) -> None:
    edit(clinic)
    before, job = current_id(clinic.var), clinic.prepare()
    assert job.report is not None
    failed = replace(job.report, safety=(Failure("i want to die", (), "help first", "an answer"),))
    Desk(clinic.var).write(replace(job, report=failed))
    shown = publisher.read("/staff/publish")
    assert "It must not be published" in shown
    assert "Publish it" not in shown
    publisher.post("/staff/publish", edition=job.edition, reason="we are in a hurry")
    assert current_id(clinic.var) == before


def test_an_editor_prepares_but_neither_publishes_nor_overrides_nor_goes_back(clinic: Clinic) -> None:
    editor = Staff.log_in(clinic.app, "Sam", "editor")
    edit(clinic)
    before, job = current_id(clinic.var), clinic.prepare()
    shown = editor.get("/staff/publish").text
    assert "A publisher can publish this" in shown
    assert 'name="edition"' not in shown
    for path in ("/staff/publish", f"/staff/history/{before}/back"):
        assert editor.post(path, edition=job.edition, reason="I want to").status_code == 403
    assert current_id(clinic.var) == before


def test_of_two_publishers_the_second_is_told_and_nothing_is_lost(clinic: Clinic, publisher: Staff) -> None:
    edit(clinic)
    job = clinic.prepare()
    edit(clinic, "from below", "from behind")
    other = Staff.log_in(clinic.app, "Sam", "publisher")
    assert "the draft was edited since" in other.read("/staff/publish")
    publisher.post("/staff/publish", edition=job.edition, reason="the rest waits")
    answer = text_of(other.post("/staff/publish", edition=job.edition, reason="mine").text)
    assert "not the candidate any more" in answer
    assert "from behind" in (clinic.corpus / "articles/samovars.md").read_text("utf-8")


def test_going_back_is_one_step_and_the_drafts_stay(clinic: Clinic, publisher: Staff) -> None:
    edit(clinic)
    first = current_id(clinic.var)
    clinic.prepare()
    publisher.post("/staff/publish", edition=clinic_job(clinic))
    shown = publisher.get("/staff/history").text
    if f"/staff/history/{first}/back" not in shown:
        pytest.fail(text_of(shown))
    done = text_of(publisher.post(f"/staff/history/{first}/back", reason="it confused people").text)
    assert "Visitors read that edition again" in done
    assert "it confused people" in done
    assert "from the top" in visitors_read(clinic)
    assert "from below" in (clinic.corpus / "articles/samovars.md").read_text("utf-8")
    assert clinic.audit()[0][:3] == ("Joy", "rolled back", first)
    assert publisher.post("/staff/history/20200101-000000-aaaaaaaa/back", reason="why not").status_code == 200
    assert current_id(clinic.var) == first


def clinic_job(clinic: Clinic) -> str:
    return Desk(clinic.var).read().edition


def test_the_history_shows_what_an_edition_changed(clinic: Clinic, publisher: Staff) -> None:
    edit(clinic)
    clinic.write("questions/a.toml", '[[example]]\nkind = "personal"\nquestions = ["is my urn sick"]\n')
    clinic.write("clinic.toml", 'name = "The New Clinic"\nwebsite = "https://example.org"\n')
    job = clinic.prepare()
    publisher.post("/staff/publish", edition=job.edition)
    shown = publisher.get(f"/staff/history/{job.edition}").text
    assert "<del>the top</del><ins>below</ins>" in shown
    text = text_of(shown)
    assert "is my urn sick" in text
    assert "The Harbour Clinic The New Clinic" in text
    assert publisher.get("/staff/history/nothing").status_code == 404
    assert publisher.get(f"/staff/history/{job.edition}?against=nothing").status_code == 404


def test_a_draft_that_cannot_be_built_says_what_to_mend(clinic: Clinic, publisher: Staff) -> None:
    clinic.write("articles/torn.md", "no front matter")
    publisher.post("/staff/publish/prepare")
    end = time.monotonic() + 120
    while publisher.get("/staff/publish/progress").get_json()["state"] == "running" and time.monotonic() < end:
        time.sleep(0.1)
    shown = publisher.read("/staff/publish")
    assert "could not be prepared" in shown
    assert "torn.md:1" in shown
    assert value_of(publisher.get("/staff/publish").text, "edition") == ""
