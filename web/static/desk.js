// What the pages about articles do besides sending forms: they work without it.
"use strict";

// The preview follows what is typed; what is typed is kept in this tab until it is saved.
const writing = document.querySelector("form.writing");
if (writing) {
  const box = document.getElementById("body");
  const key = `staff:${location.pathname}`;
  const typed = () => JSON.stringify([...new FormData(writing)].filter(([name]) => name !== "csrf_token" && name !== "version"));
  const first = typed();
  let waiting = 0;
  let latest = 0;
  const preview = async () => {
    const number = ++latest;
    const sent = new FormData(writing);
    sent.set("of", writing.dataset.of || "");
    try {
      const response = await fetch(writing.dataset.preview, { method: "POST", body: sent, redirect: "error" });
      if (!response.ok || number !== latest) return;
      const panel = document.getElementById("preview");
      const open = [...panel.querySelectorAll("details")].map((each) => each.open);
      panel.innerHTML = await response.text(); // our own server's page, sanitised there
      panel.querySelectorAll("details").forEach((each, place) => { if (place in open) each.open = open[place]; });
      showLines(panel);
    } catch {
      // the next pause tries again
    }
  };
  const keep = () => {
    try {
      if (typed() === first) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, typed());
    } catch {
      // blocked storage keeps nothing
    }
  };
  writing.addEventListener("input", () => {
    keep();
    clearTimeout(waiting);
    waiting = setTimeout(preview, 700);
  });
  let sending = false;
  writing.addEventListener("submit", () => { sending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && typed() !== first) event.preventDefault();
  });
  const kept = (() => { try { return sessionStorage.getItem(key); } catch { return null; } })();
  const wasSaved = document.querySelector(".flash:not(.wrong)");
  if (kept && (kept === first || wasSaved)) sessionStorage.removeItem(key);
  else if (kept && !document.querySelector(".conflict")) offer(kept);

  function offer(text) {
    const notice = document.createElement("p");
    notice.className = "notice warn";
    notice.append(writing.dataset.kept, " ");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = writing.dataset.bring;
    button.addEventListener("click", () => {
      for (const [name, value] of JSON.parse(text)) if (writing.elements[name]) writing.elements[name].value = value;
      notice.remove();
      keep();
      preview();
      box.focus();
    });
    notice.append(button);
    writing.before(notice);
  }
}

// "Line 12" leads to that line of the box.
function showLines(part) {
  for (const button of part.querySelectorAll("button[data-line]")) {
    button.hidden = false;
    button.parentElement.querySelector("[data-plain]").hidden = true;
    button.addEventListener("click", () => {
      const box = document.getElementById(button.dataset.of);
      const lines = box.value.split("\n");
      const line = Math.min(Number(button.dataset.line), lines.length);
      const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      box.focus();
      box.setSelectionRange(start, start);
      box.blur();
      box.focus(); // browsers bring the caret into view when the box is entered
      box.setSelectionRange(start, start + lines[line - 1].length);
      box.scrollIntoView({ block: "nearest" });
    });
  }
}
showLines(document);

// How far the preparing is; when it is done, look again.
const card = document.querySelector("[data-progress]");
if (card) {
  const bar = card.querySelector("progress");
  const words = card.querySelector("[data-words]");
  const look = async () => {
    try {
      const response = await fetch(card.dataset.progress, { redirect: "error", cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      const job = await response.json();
      if (job.state !== "running") {
        const form = card.dataset.then && document.getElementById(card.dataset.then);
        if (form) form.requestSubmit(form.querySelector("button[value=try]"));
        else location.reload();
        return;
      }
      if (words.textContent !== job.words) words.textContent = job.words;
      if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
      } else bar.removeAttribute("value");
    } catch {
      // the server may be busy; ask again
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 600);
}

// Writing about a topic, or choosing one, picks it.
for (const box of document.querySelectorAll("[data-picks]")) {
  box.addEventListener("input", () => {
    const radio = box.form.querySelector(`input[type=radio][value="${box.dataset.picks}"]`);
    if (box.value) radio.checked = true;
  });
}

// A long list of sentences shows only those with the words that are typed.
for (const box of document.querySelectorAll("[data-narrow]")) {
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const choice of document.querySelectorAll(`#${box.dataset.narrow} .choice`)) {
      const text = choice.textContent.toLowerCase();
      choice.hidden = !words.every((word) => text.includes(word));
    }
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
