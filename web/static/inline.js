"use strict";
// Reads the inline marks of Markdown in a quote: the words that a visitor sees, and where each of them stands.
// web/inline.py follows the same rules, step by step; a test compares them.

const piecesOf = (() => {
  const PLAIN = /[^\\`<&*_!\[\] \t\n]+(?:[ \t]+[^\\`<&*_!\[\] \t\n]+)*/y;
  const SPACE = /[ \t]*\n/y;
  const TICKS = /`+/y;
  const STARS = /\*+|_+/y;
  const ENTITY = /&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));/y;
  const ADDRESS = /<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*)>/y;
  const MAIL = /<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>/y;
  const NESTED = 32; // how deep the parentheses of an address may be
  const ESCAPE = /\\([!-/:-@\[-`{-~])/y;
  const CODED = new RegExp(`${ENTITY.source}|${ESCAPE.source}`, "g");
  const BLANK = /[ \t\n]*/y;
  const ANGLED = /<((?:\\[^\n]|[^<>\\\n])*)>/y;
  const TITLE = /[ \t\n]+(?:"(?:\\[^\n]|[^"\\])*"|'(?:\\[^\n]|[^'\\])*'|\((?:\\[^\n]|[^()\\])*\))/y;
  const SAFE = /^(?:https?:|mailto:|tel:|sms:)/i;
  const TAGS = { 1: "em", 2: "strong" };

  const matchAt = (pattern, text, at) => ((pattern.lastIndex = at), pattern.exec(text));
  const past = (pattern, text, at) => at + (matchAt(pattern, text, at)?.[0].length ?? 0);

  // The browser knows the names of all characters; only a name is ever given to its parser.
  function named(name) {
    const made = new DOMParser().parseFromString(`<p>x&${name};`, "text/html").body.textContent.slice(1);
    return made.endsWith(";") && name !== "semi" ? null : made;
  }

  function character([, hex, decimal, name]) {
    if (name) return named(name);
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    if (code === 9 || code === 10 || code === 13) return " ";
    const wrong = code < 32 || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff) || (code >= 0xfdd0 && code <= 0xfdef);
    return wrong || code > 0x10ffff || (code & 0xfffe) === 0xfffe ? "\ufffd" : String.fromCodePoint(code);
  }

  function kind(sign) {
    if (!sign || /^[ \t\n\f\r\p{Zs}]/u.test(sign)) return "space";
    return /^[\p{P}\p{S}]/u.test(sign) ? "sign" : "word";
  }

  // Where an address without angle brackets ends: at a space, or at a parenthesis that is not its own.
  function bareEnd(text, at) {
    let depth = 0;
    while (at < text.length && text[at] > " " && text[at] !== "\x7f") {
      if ((text[at] === ")" && depth === 0) || depth > NESTED) break;
      depth += { "(": 1, ")": -1 }[text[at]] ?? 0;
      at += matchAt(ESCAPE, text, at) ? 2 : 1;
    }
    return depth ? null : at;
  }

  // The address in parentheses at this place, and where they end.
  function target(text, at) {
    if (text[at] !== "(") return null;
    at = past(BLANK, text, at + 1);
    const angled = matchAt(ANGLED, text, at);
    if (!angled && text[at] === "<") return null;
    const end = angled ? at + angled[0].length : bareEnd(text, at);
    if (end === null) return null;
    const raw = angled ? angled[1] : text.slice(at, end);
    at = past(BLANK, text, past(TITLE, text, end));
    if (text[at] !== ")") return null;
    return { address: raw.replace(CODED, (...found) => found[4] ?? character(found) ?? found[0]), end: at + 1 };
  }

  function fits(opener, closer) {
    if (!(opener.opens && opener.count && opener.sign === closer.sign)) return false;
    const both = opener.closes || closer.opens;
    return !both || (opener.length + closer.length) % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0);
  }

  // Makes emphasis of the runs, each closing one with the nearest that opens.
  function pair(runs) {
    runs.forEach((closer, number) => {
      while (closer.closes && closer.count) {
        let at = number - 1;
        while (at >= 0 && !fits(runs[at], closer)) at -= 1;
        if (at < 0) return;
        const size = Math.min(2, runs[at].count, closer.count);
        runs[at].begun.push(size);
        closer.ended.push(size);
        runs[at].count -= size;
        closer.count -= size;
        for (const between of runs.slice(at + 1, number)) between.opens = false;
      }
    });
  }

  const words = (text, start, end, whole = false) => ({ kind: "text", words: text, start, end, whole });

  // Reads one paragraph from left to right into pieces: words with their places, elements and their ends.
  function piecesOf(text) {
    const nodes = [];
    const runs = [];
    const brackets = [];
    let at = 0;
    const add = (shown, length, whole) => (nodes.push(words(shown, at, at + length, whole)), (at += length), true);
    const gap = (length) => (nodes.push({ kind: "break" }), (at += length), true);
    const space = () => {
      const found = matchAt(SPACE, text, at)?.[0];
      if (!found) return false;
      return found.endsWith("  \n") ? gap(found.length) : add(" ", found.length, true);
    };
    const open = () => {
      const sign = text[at] === "!" ? "![" : "[";
      if (!text.startsWith(sign, at)) return false;
      const bracket = { kind: "bracket", sign, start: at, runs: runs.length, active: true, address: null };
      nodes.push(bracket);
      brackets.push(bracket);
      at += sign.length;
      return true;
    };
    const steps = {
      "\\": () => {
        if (text[at + 1] === "\n") return gap(2);
        const found = matchAt(ESCAPE, text, at);
        return found ? add(found[1], 2, true) : false;
      },
      "&": () => {
        const found = matchAt(ENTITY, text, at);
        const shown = found && character(found);
        return found && shown !== null ? add(shown, found[0].length, true) : false;
      },
      "`": () => {
        const fence = matchAt(TICKS, text, at)[0];
        const rest = text.slice(at + fence.length);
        const end = [...rest.matchAll(/`+/g)].find((each) => each[0] === fence);
        if (!end) return add(fence, fence.length);
        let inside = rest.slice(0, end.index).replace(/\n/g, " ");
        let first = at + fence.length;
        at = first + end.index + fence.length;
        if (/[^ ]/.test(inside) && inside.startsWith(" ") && inside.endsWith(" ")) {
          inside = inside.slice(1, -1);
          first += 1;
        }
        nodes.push({ kind: "code" }, words(inside, first, first + inside.length), { kind: "/code" });
        return true;
      },
      "<": () => {
        const mail = matchAt(MAIL, text, at);
        const found = mail ?? matchAt(ADDRESS, text, at);
        if (!found) return false;
        const address = mail ? `mailto:${found[1]}` : found[1];
        const shown = words(found[1], at + 1, at + 1 + found[1].length);
        nodes.push(...(SAFE.test(address) ? [{ kind: "a", address }, shown, { kind: "/a" }] : [shown]));
        at += found[0].length;
        return true;
      },
      "*": () => {
        const [{ length }] = matchAt(STARS, text, at);
        const before = kind([...text.slice(Math.max(0, at - 2), at)].at(-1));
        const after = kind([...text.slice(at + length, at + length + 2)][0]);
        const left = after !== "space" && (after !== "sign" || before !== "word");
        const right = before !== "space" && (before !== "sign" || after !== "word");
        const sign = text[at];
        const opens = left && (sign === "*" || !right || before === "sign");
        const closes = right && (sign === "*" || !left || after === "sign");
        const run = { kind: "run", sign, start: at, length, opens, closes, count: length, begun: [], ended: [] };
        nodes.push(run);
        runs.push(run);
        at += length;
        return true;
      },
      "]": () => {
        const bracket = brackets.pop();
        const found = bracket?.active ? target(text, at + 1) : null;
        if (!found) return false;
        const image = bracket.sign === "![";
        bracket.address = image || !SAFE.test(found.address) ? "" : found.address;
        if (bracket.address) nodes.push({ kind: "/a" });
        pair(runs.splice(bracket.runs));
        for (const other of brackets) other.active = other.active && (image || other.sign === "![");
        at = found.end;
        return true;
      },
      "_": () => steps["*"](),
      "!": open,
      "[": open,
      " ": space,
      "\t": space,
      "\n": space,
    };
    while (at < text.length) {
      const plain = matchAt(PLAIN, text, at)?.[0];
      if (plain) add(plain, plain.length);
      else if (!steps[text[at]]()) add(text[at], 1);
    }
    pair(runs);
    const pieces = nodes.flatMap(unfolded);
    const wordless = (number) => pieces[number]?.kind === "a" && pieces[number + 1].kind === "/a"; // cannot be seen
    return pieces.filter((_, number) => !wordless(number) && !wordless(number - 1));
  }

  function unfolded(node) {
    if (node.kind === "run") {
      const start = node.start + node.ended.reduce((sum, size) => sum + size, 0);
      return [
        ...node.ended.map((size) => ({ kind: `/${TAGS[size]}` })),
        ...(node.count ? [words(node.sign.repeat(node.count), start, start + node.count)] : []),
        ...node.begun.reverse().map((size) => ({ kind: TAGS[size] })),
      ];
    }
    if (node.kind !== "bracket") return [node];
    if (node.address === null) return [words(node.sign, node.start, node.start + node.sign.length)];
    return node.address ? [{ kind: "a", address: node.address }] : [];
  }

  return piecesOf;
})();
