"use strict";
// Shows a reply: quotes as quotes, help before all else. Builds elements, never HTML text,
// and holds no sentence: every word comes from the page's data.

const data = JSON.parse(document.getElementById("data").textContent);
const words = data.words;
const ALARMS = ["crisis", "emergency", "abuse"];
const SAFE_LINK = /^(https?:|mailto:|tel:|sms:|\/)/i;

function say(key, values = {}) {
  return words[key].replace(/\{([a-z_]*)\}/g, (_, name) => values[name] ?? "");
}

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

// In the widget's frame another site opens in a tab of its own: it could not be shown in the frame.
function link(href, attributes, ...children) {
  const target = data.embedded && /^https?:/i.test(href) ? "_blank" : null;
  return el("a", { href: SAFE_LINK.test(href) ? href : null, rel: "noopener noreferrer", target, ...attributes }, ...children);
}

function articleLink(quote) {
  const place = new URLSearchParams({ start: quote.start, end: quote.end });
  if (data.lang) place.set("lang", data.lang);
  return `${data.addresses.articles}${encodeURIComponent(quote.article.id)}?${place}#quote`;
}

function quoteFigure(quote) {
  const language = data.languages[quote.article.id] ?? "en";
  const section = quote.heading && quote.heading !== quote.article.title;
  const tab = data.embedded ? { target: "_blank" } : {};
  return el(
    "figure",
    { class: "quote" },
    section ? el("p", { class: "section", dir: "auto", lang: language }, ...lineOf(quote.heading)) : null,
    quoteBody(quote.text, quote.highlights, language),
    el(
      "figcaption",
      {},
      el("span", {}, say("from_article", { title: quote.article.title })),
      quote.article.reviewed ? el("span", {}, say("reviewed", { date: quote.article.reviewed })) : null,
      link(
        articleLink(quote),
        tab,
        words.read_in_context,
        data.embedded ? el("span", { class: "hidden" }, ` (${words.new_tab})`) : null,
      ),
    ),
  );
}

function helpLines(lines) {
  const entries = lines.map((line) =>
    el("li", {}, link(line.href, { class: "line", lang: data.language === "en" ? null : "en" }, el("strong", {}, line.label), " ", el("span", {}, line.detail))),
  );
  return el("ul", { class: "lines" }, ...entries);
}

// The card of an alarm is filled after it stands in the page, so that it is announced.
function helpCard(reply, live) {
  const alarm = ALARMS.includes(reply.kind);
  const card = el("section", { class: alarm ? "help alarm" : "help", role: alarm && live ? "alert" : null });
  const lead = alarm ? [el("h3", {}, words.crisis_help), el("p", { class: "lead" }, reply.words)] : [];
  const fill = () => card.append(...lead, el("p", {}, reply.help.words), helpLines(reply.help.lines));
  if (alarm && live) requestAnimationFrame(fill);
  else fill();
  return card;
}

function contactCard(contact) {
  const channels = contact.channels.map((channel) => el("li", {}, link(channel.href, {}, channel.label)));
  const list = channels.length ? el("ul", { class: "channels" }, ...channels) : null;
  return el("section", { class: "contact" }, el("p", {}, contact.words), list);
}

function questionButtons(title, questions) {
  const buttons = questions.map((question) => el("li", {}, el("button", { dir: "auto", name: "question", value: question }, question)));
  return el("form", { class: "questions", method: "post" }, el("h2", {}, title), el("ul", {}, ...buttons));
}

function turnElement(question, reply, live) {
  const alarm = ALARMS.includes(reply.kind);
  const covered = reply.kind === "not_covered" ? words.suggestions_covered : words.suggestions;
  const asked = el("p", { class: "asked" }, el("span", { class: "hidden" }, `${words.you} `), el("span", { dir: "auto" }, question));
  const answer = el(
    "div",
    { class: "answer" },
    el("h2", { class: "hidden" }, words.answer),
    reply.help ? helpCard(reply, live) : null,
    alarm ? null : el("p", { class: "lead" }, reply.words),
    ...reply.quotes.map(quoteFigure),
    reply.quotes.length ? feedbackElement(reply) : null,
    reply.contact ? contactCard(reply.contact) : null,
    reply.suggestions.length ? questionButtons(covered, reply.suggestions) : null,
    el("p", { class: "small disclaimer" }, reply.disclaimer),
  );
  return el("article", { class: "turn" }, question.trim() ? asked : null, answer);
}

function feedbackElement(reply) {
  const group = el("div", { class: "feedback", role: "group", "aria-label": words.useful });
  const thanks = el("p", { class: "thanks", role: "status" });
  const reasons = el("div", { class: "reasons", role: "group", "aria-label": words.why, hidden: true });
  const choose = (button, among) => {
    for (const other of among.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  };
  const send = async (reason) => {
    const passages = reply.quotes.map((quote) => ({ article: quote.article.id, start: quote.start, end: quote.end }));
    const body = JSON.stringify({ edition: reply.edition, passages, reason });
    const headers = { "Content-Type": "application/json" };
    try {
      const response = await fetch(data.addresses.feedback, { method: "POST", headers, body });
      thanks.textContent = response.ok ? words.thanks_feedback : words["error.heading"];
    } catch {
      thanks.textContent = words["error.heading"];
    }
  };
  const button = (label, act) => {
    const made = el("button", { type: "button", class: "tool", "aria-pressed": "false" }, label);
    made.addEventListener("click", () => made.getAttribute("aria-pressed") === "true" || act(made));
    return made;
  };
  const first = el(
    "div",
    { class: "verdict" },
    el("span", {}, words.useful),
    button(words.yes, (made) => (choose(made, first), (reasons.hidden = true), send("useful"))),
    button(words.no, (made) => (choose(made, first), (reasons.hidden = false), (thanks.textContent = ""))),
  );
  reasons.append(el("span", {}, words.why));
  for (const reason of ["wrong", "unclear", "unsafe", "not_asked"]) {
    reasons.append(button(words[`reason_${reason}`], (made) => (choose(made, reasons), send(reason))));
  }
  group.append(first, reasons, thanks);
  return group;
}

// What a screen reader hears: the lead and the sentences that answer.
function spoken(reply) {
  const told = reply.quotes.map((quote) => heardWords(quote.text, quote.highlights));
  return [reply.help?.words, reply.words, ...told].filter(Boolean).join(" ");
}

// The conversation as plain text, for copying.
function plainText(turns) {
  const parts = turns.flatMap(({ question, reply }) => [
    `${words.you}: ${question}`,
    ...(reply.help ? [reply.help.words, ...reply.help.lines.map((line) => `${line.label}: ${line.detail}`)] : []),
    reply.words,
    ...reply.quotes.flatMap((quote) => [
      quoteWords(quote.text),
      `${say("from_article", { title: quote.article.title })} ${new URL(articleLink(quote), location.href)}`,
    ]),
    reply.disclaimer,
  ]);
  return parts.join("\n\n");
}
