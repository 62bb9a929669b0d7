"use strict";
// Type-ahead over the questions that the articles answer. The whole list is fetched once,
// so that nothing a visitor types leaves the page before it is sent.

(() => {
  const box = document.getElementById("question");
  const list = document.getElementById("matches");
  const told = document.getElementById("matched");
  const MOST = 4;
  let known = null;
  let active = -1;
  let telling = 0;

  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const wordsOf = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];

  async function fetchOnce() {
    if (known) return;
    known = [];
    try {
      const response = await fetch(data.addresses.known);
      if (!response.ok) throw new Error(response.status);
      known = (await response.json()).map((question) => ({ question, words: wordsOf(question) }));
    } catch {
      known = null; // the next focus tries again
    }
  }

  function found() {
    const typed = wordsOf(box.value);
    if (!known || typed.join("").length < 2 || box.value.includes("\n")) return [];
    const fits = known.filter(({ words }) => typed.every((part) => words.some((word) => word.startsWith(part))));
    const first = (entry) => (plain(entry.question).startsWith(plain(box.value.trim())) ? 0 : 1);
    const ranked = fits.sort((one, other) => first(one) - first(other)).map(({ question }) => question);
    return ranked.filter((question) => question !== box.value.trim()).slice(0, MOST);
  }

  function hide() {
    list.hidden = true;
    list.replaceChildren();
    active = -1;
    clearTimeout(telling);
    told.textContent = "";
    box.removeAttribute("aria-activedescendant");
  }

  function show() {
    const questions = found();
    hide();
    if (!questions.length) return;
    list.append(...questions.map((text, at) => el("li", { role: "option", id: `match-${at}`, "aria-selected": "false" }, text)));
    list.hidden = false;
    telling = setTimeout(() => (told.textContent = say("matches", { count: questions.length })), 700);
  }

  function move(step) {
    const options = [...list.children];
    active = (active + step + options.length + 1) % (options.length + 1);
    if (active === options.length) active = -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", options[active].id);
  }

  function take(option) {
    box.value = option.textContent;
    hide();
    box.form.requestSubmit();
  }

  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "matches");
  box.addEventListener("focus", fetchOnce);
  box.addEventListener("input", show);
  box.addEventListener("blur", hide);
  box.form.addEventListener("submit", hide);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(active < 0 ? list.children.length : -1);
    else if (event.key === "Enter" && active >= 0) take(list.children[active]);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
})();
