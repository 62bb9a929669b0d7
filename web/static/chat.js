"use strict";
// The conversation: asks, waits, shows, remembers in this tab only.

(() => {
  const STORE = "chat";
  const SHOW_WAITING_AFTER = 400;
  const GIVE_UP_AFTER = 20000;
  const BODY_LIMIT = 60000;
  const byId = (id) => document.getElementById(id);
  const [box, form, conversation, status] = ["question", "composer", "conversation", "status"].map(byId);
  const before = [...document.querySelectorAll("#remembered input")].map((input) => input.value);
  let turns = [];
  let pending = null;

  // Storage may be blocked: then the conversation lives as long as the page.
  const store = {
    read() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(STORE));
        return Array.isArray(kept) ? kept : [];
      } catch {
        return [];
      }
    },
    write() {
      try {
        sessionStorage.setItem(STORE, JSON.stringify(turns));
      } catch {
        // blocked or full
      }
    },
    clear() {
      try {
        sessionStorage.clear();
      } catch {
        // blocked
      }
    },
  };

  function announce(text) {
    status.textContent = "";
    setTimeout(() => (status.textContent = text), 50);
    setTimeout(() => status.textContent === text && (status.textContent = ""), 6000);
  }

  function complain(text) {
    const error = byId("error");
    error.hidden = !text;
    error.textContent = text;
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", "error"]]) {
      if (text) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  }

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 200)}px`;
  }

  // Earlier questions, the newest twenty; one that raised an alarm is never left out.
  function earlier(question) {
    const risky = turns.slice(0, -data.after).filter(({ reply }) => ALARMS.includes(reply.kind)).slice(-5);
    const recent = [...before, ...turns.map((turn) => turn.question)].slice(-(data.after - risky.length));
    const after = [...risky.map((turn) => turn.question), ...recent];
    while (after.length > risky.length && sizeOf(question, after) > BODY_LIMIT) after.splice(risky.length, 1);
    return after;
  }

  function sizeOf(question, after) {
    return new TextEncoder().encode(JSON.stringify({ question, after })).length;
  }

  function begin() {
    document.body.classList.add("started");
    byId("tools").hidden = false;
    if (byId("starters")) byId("starters").hidden = true;
  }

  function show(turn) {
    begin();
    conversation.append(turn);
    turn.scrollIntoView({ block: "start" });
  }

  function waiting(question) {
    const asked = el("p", { class: "asked" }, el("span", { class: "hidden" }, `${words.you} `), el("span", { dir: "auto" }, question));
    const turn = el("article", { class: "turn" }, question.trim() ? asked : null, el("p", { class: "waiting" }, words.waiting));
    return setTimeout(() => {
      pending.turn = turn;
      show(turn);
      announce(words.waiting);
    }, SHOW_WAITING_AFTER);
  }

  function stopWaiting() {
    clearTimeout(pending?.timer);
    clearTimeout(pending?.limit);
    pending?.turn?.remove();
    pending = null;
    byId("send").removeAttribute("aria-disabled");
  }

  async function ask(question) {
    if (pending) return;
    complain("");
    byId("failure")?.remove();
    if (sizeOf(question, []) > BODY_LIMIT) return complain(say("error.too_long", { limit: data.limit }));
    const control = new AbortController();
    pending = { control };
    const mine = pending;
    mine.timer = waiting(question);
    mine.limit = setTimeout(() => control.abort(), GIVE_UP_AFTER);
    byId("send").setAttribute("aria-disabled", "true");
    const body = JSON.stringify({ question, after: earlier(question) });
    const headers = { "Content-Type": "application/json" };
    let outcome;
    try {
      const response = await fetch(data.addresses.ask, { method: "POST", headers, body, signal: control.signal });
      outcome = { status: response.status, body: await response.json() };
    } catch {
      outcome = { status: 0 };
    }
    if (pending !== mine) return; // started over in the meantime
    stopWaiting();
    if (outcome.status === 200) answered(question, outcome.body);
    else if ([413, 422].includes(outcome.status)) refuse(question, outcome.body.error.message);
    else failed(question, outcome.status === 429 ? words["error.too_many"] : words["error.not_reached"]);
  }

  function answered(question, reply) {
    show(turnElement(question, reply, true));
    if (!ALARMS.includes(reply.kind)) announce(spoken(reply));
    if (reply.kind === "trouble") return keep(question);
    if (box.value.trim() === question.trim()) box.value = "";
    grow();
    if (reply.kind === "empty") return;
    turns.push({ question, reply });
    store.write();
  }

  function keep(question) {
    if (!box.value.trim()) box.value = question;
    grow();
  }

  function refuse(question, message) {
    keep(question);
    complain(message);
  }

  function failed(question, message) {
    keep(question);
    const again = el("button", { type: "button", class: "send" }, words["error.retry"]);
    again.addEventListener("click", () => (box.focus({ preventScroll: true }), ask(question)));
    const card = el("section", { class: "failure", id: "failure", role: "alert" });
    show(card);
    card.append(el("p", {}, message), helpLines(data.help), contactCard(data.contact), again);
    card.scrollIntoView({ block: "nearest" });
  }

  function startOver() {
    pending?.control.abort();
    stopWaiting();
    store.clear();
    if (!byId("starters")) return location.replace(location.pathname + location.search);
    turns = [];
    before.length = 0;
    conversation.replaceChildren();
    byId("remembered").replaceChildren();
    byId("tools").hidden = true;
    byId("starters").hidden = false;
    document.body.classList.remove("started");
    complain("");
    box.value = "";
    grow();
    box.focus();
  }

  async function copy() {
    const text = plainText(turns);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = el("textarea", { class: "hidden" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      byId("copy").focus();
    }
    byId("copy").textContent = words.copied;
    announce(words.copied);
    setTimeout(() => (byId("copy").textContent = words.copy), 2500);
  }

  function leave(event) {
    event.preventDefault();
    pending?.control.abort();
    store.clear();
    document.body.hidden = true;
    try {
      window.top.location.replace(data.addresses.leave);
    } catch {
      tellHost("chat:leave");
    }
  }

  // In a frame: talk with the page around it, if the clinic lists that page's site. Never any text.
  const host = decodeURIComponent(location.hash.slice(1));
  const listed = (site) => {
    const [scheme, rest] = site.split("://*");
    return rest ? host.startsWith(`${scheme}://`) && host.endsWith(rest) : host === site;
  };
  const framed = data.embedded && window.parent !== window && (host === location.origin || data.sites.some(listed));

  function tellHost(type) {
    if (framed) window.parent.postMessage({ type }, host);
  }

  if (framed) {
    addEventListener("message", (event) => {
      if (event.origin !== host || event.source !== window.parent) return;
      if (event.data?.type === "chat:focus") box.focus({ preventScroll: true });
    });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) tellHost("chat:escape");
    });
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("#composer, .questions")) return;
    event.preventDefault();
    ask(event.target === form ? box.value : event.submitter.value);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit();
  });
  box.addEventListener("input", () => (grow(), complain("")));
  byId("start-over").addEventListener("click", (event) => (event.preventDefault(), startOver()));
  byId("copy").addEventListener("click", copy);
  byId("print").addEventListener("click", () => window.print());
  for (const link of document.querySelectorAll("[data-leave]")) link.addEventListener("click", leave);
  byId("copy").hidden = byId("print").hidden = false;

  if (!before.length) turns = store.read();
  if (turns.length) {
    begin();
    conversation.append(...turns.map(({ question, reply }) => turnElement(question, reply, false)));
    conversation.lastElementChild.scrollIntoView({ block: "start" });
  }
  grow();
  tellHost("chat:ready");
})();
