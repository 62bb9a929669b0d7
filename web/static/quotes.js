"use strict";
// Shows a quote as a visitor reads it: paragraphs and lists, its words without the marks, the answer highlighted.
// web/quotes.py does the same, step by step; a test compares them. Builds elements, never HTML text.

const { quoteBody, lineOf, quoteWords, heardWords } = (() => {
  const LINE_END = /\r\n|\n|\r/g;
  const QUOTED = /^[ \t]*(?:>[ \t]?)+/;
  const RULE = /^[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
  const UNDERLINE = /^[ \t]*(?:=+|-+)[ \t]*$/;
  const HEADING = /^ {0,3}#{1,6}[ \t]+(?=[^ \t])/;
  const HEADING_END = /[ \t]+#+[ \t]*$/;
  const ITEM = /^([ \t]*)(?:([-*+])|([0-9]{1,9})[.)])[ \t]+(?=[^ \t])/;

  function linesOf(text) {
    const lines = [];
    let place = 0;
    for (const found of text.matchAll(LINE_END)) {
      lines.push([place, found.index]);
      place = found.index + found[0].length;
    }
    return [...lines, [place, text.length]];
  }

  // The blocks of a quote, line by line. Its first line is never a heading or a quotation: it may begin anywhere.
  function blocksOf(text) {
    const made = [];
    let outer = null;
    let fresh = true;
    linesOf(text).forEach(([start, end], number) => {
      if (number) start += QUOTED.exec(text.slice(start, end))?.[0].length ?? 0;
      const line = text.slice(start, end);
      const last = made.at(-1);
      const running = last && !fresh && last.kind === "paragraph";
      if (!/[^ \t]/.test(line) || RULE.test(line) || (running && UNDERLINE.test(line))) {
        fresh = true;
        return;
      }
      const heading = number ? HEADING.exec(line) : null;
      const item = heading ? null : ITEM.exec(line);
      const inside = line.search(/[^ \t]/);
      if (heading) {
        start += heading[0].length;
        end = start + text.slice(start, end).replace(HEADING_END, "").length;
        made.push({ kind: "heading", parts: [[[start, end]]] });
        outer = null;
      } else if (item) {
        const indent = item[1].length;
        outer = Math.min(outer ?? indent, indent);
        made.push({ kind: "item", indent, bullet: item[2], number: item[3], parts: [[[start + item[0].length, end]]] });
      } else if (running || (outer !== null && inside > outer)) {
        if (fresh) last.parts.push([]);
        last.parts.at(-1).push([start + inside, end]);
      } else {
        made.push({ kind: "paragraph", parts: [[[start + inside, end]]] });
        outer = null;
      }
      fresh = Boolean(heading);
    });
    return made;
  }

  // The words of a piece in turn, each with whether a highlight covers it.
  function marked(piece, spans) {
    const made = [];
    let place = piece.start;
    for (const [from, to] of spans) {
      const first = Math.max(from, place);
      const last = Math.min(to, piece.end);
      if (first >= last) continue;
      if (piece.whole) return [[piece.words, true]];
      made.push([piece.words.slice(place - piece.start, first - piece.start), false]);
      made.push([piece.words.slice(first - piece.start, last - piece.start), true]);
      place = last;
    }
    return [...made, [piece.words.slice(place - piece.start), false]].filter(([shown]) => shown);
  }

  // Each paragraph of a block as pieces, and the highlights as places in it.
  function partsOf(text, block, highlights) {
    return block.parts.map((lines) => {
      const words = lines.map(([start, end]) => text.slice(start, end)).join("\n").replace(/[ \t]+$/, "");
      const places = lines.flatMap(([start, end]) => Array.from({ length: end - start + 1 }, (_, step) => start + step));
      const before = (place) => places.filter((other) => other < place).length;
      return { pieces: piecesOf(words), spans: highlights.map(([first, last]) => [before(first), before(last)]) };
    });
  }

  function element(piece) {
    if (piece.kind !== "a") return el(piece.kind === "break" ? "br" : piece.kind);
    const target = /^http/i.test(piece.address) ? "_blank" : null;
    return el("a", { href: piece.address, rel: "noopener noreferrer", target });
  }

  // A highlight never crosses the end of an element.
  function fill(into, { pieces, spans }) {
    const open = [into];
    for (const piece of pieces) {
      const within = open.at(-1);
      if (piece.kind === "text") {
        for (const [shown, highlighted] of marked(piece, spans)) {
          const last = within.lastChild;
          if (!highlighted) within.append(shown);
          else if (last?.nodeName === "MARK") last.append(shown);
          else within.append(el("mark", {}, shown));
        }
      } else if (piece.kind.startsWith("/")) open.pop();
      else {
        within.append(element(piece));
        if (piece.kind !== "break") open.push(within.lastChild);
      }
    }
  }

  // Offsets count characters as the server does, not UTF-16 units.
  function inUnits(text, highlights) {
    const characters = [...text];
    const units = (place) => characters.slice(0, place).join("").length;
    return highlights.map((places) => places.map(units));
  }

  const known = (text) => text.replace(/\0/g, "\ufffd");

  // A quote as an element.
  function quoteBody(text, highlights, language) {
    const quote = el("blockquote", { dir: "auto", lang: language });
    const lists = [];
    for (const block of blocksOf(known(text))) {
      const { kind, indent = -1, number } = block;
      while (lists.length && lists.at(-1).indent > indent) lists.pop();
      const place = kind === "item" ? el("li") : kind === "heading" ? el("strong") : el("p");
      if (kind === "item") {
        if (lists.at(-1)?.indent !== indent) {
          const list = el(number ? "ol" : "ul", { start: number && Number(number) !== 1 ? Number(number) : null });
          (lists.at(-1)?.item ?? quote).append(list);
          lists.push({ indent, list });
        }
        lists.at(-1).list.append(place);
        lists.at(-1).item = place;
      } else quote.append(kind === "heading" ? el("p", {}, place) : place);
      partsOf(known(text), block, inUnits(text, highlights)).forEach((part, step) => {
        if (step) place.append(" ");
        fill(place, part);
      });
    }
    return quote;
  }

  // One line, such as a heading, without its marks: what stands in an element.
  function lineOf(text) {
    const line = el("span");
    fill(line, { pieces: piecesOf(known(text).replace(/[ \t]+$/, "")), spans: [] });
    return [...line.childNodes];
  }

  const told = ({ kind, words }) => (kind === "break" ? " " : words ?? "");

  // The words of a quote as plain text, for copying; a list keeps its marks.
  function quoteWords(text) {
    const blocks = blocksOf(known(text));
    return blocks.reduce((made, block, number) => {
      const lines = partsOf(known(text), block, []).map(({ pieces }) => pieces.map(told).join("")).join(" ");
      const mark = block.kind === "item" ? `${" ".repeat(block.indent)}${block.number ? `${block.number}.` : "-"} ` : "";
      const listed = mark && blocks[number - 1]?.kind === "item";
      return `${made}${number ? (listed ? "\n" : "\n\n") : ""}${mark}${lines}`;
    }, "");
  }

  // The highlighted words, or all where none are, as a screen reader is told them.
  function heardWords(text, highlights) {
    const places = highlights.length ? inUnits(text, highlights) : [[0, text.length]];
    const parts = blocksOf(known(text)).flatMap((block) => partsOf(known(text), block, places));
    const heard = parts.map(({ pieces, spans }) =>
      pieces.flatMap((piece) => (piece.kind === "text" ? marked(piece, spans) : piece.kind === "break" ? [[" "]] : []))
        .map(([shown, highlighted]) => (highlighted ? shown : " ")).join(""),
    );
    return heard.join(" ").replace(/[ \t]+/g, " ").trim();
  }

  return { quoteBody, lineOf, quoteWords, heardWords };
})();
