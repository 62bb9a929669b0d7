/* The clinic's questions-and-answers chat: a button that opens it. Nothing else is loaded before a click. */
(() => {
  "use strict";
  const NAME = "patient-chat";
  const data = /*words*/{};
  const script = document.currentScript || document.querySelector('script[src*="/widget.js"]');
  const HERE = new URL(script ? script.src : location.href);
  const STYLE = `
:host{all:initial!important;display:block!important}
*{box-sizing:border-box}
.root{font:400 16px/1.5 var(--chat-font,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif);color-scheme:light dark;
 --accent:var(--chat-accent,#17635c);--ink:var(--chat-accent-ink,#fff);--paper:#fffefb;--text:#1f2b2a}
.float{position:fixed;inset:auto;margin:0;padding:0;border:0;background:none;overflow:visible;z-index:var(--chat-z,2147483000);inset-block-end:var(--chat-offset-y,20px);inset-inline-end:var(--chat-offset-x,20px)}
.float.left{inset-inline:var(--chat-offset-x,20px) auto}
button{font:inherit;cursor:pointer;min-height:44px}
.open{padding:12px 20px;border:1px solid transparent;border-radius:var(--chat-radius,999px);background:var(--accent);color:var(--ink);font-weight:600;
 box-shadow:0 2px 6px #0003,0 8px 24px #0002;max-width:calc(100vw - 40px)}
.open:hover{filter:brightness(1.1)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;box-shadow:0 0 0 2px #fff}
dialog{padding:0;margin:0;border:1px solid #0003;background:var(--paper);color:var(--text);border-radius:var(--chat-panel-radius,16px);overflow:hidden;
 width:var(--chat-width,400px);height:var(--chat-height,640px);max-width:calc(100vw - 40px);max-height:calc(100vh - 40px);flex-direction:column;
 box-shadow:0 8px 40px #0004;inset:auto}
dialog[open]{display:flex}
.float dialog{position:absolute;inset-block-end:0;inset-inline-end:0}
.float.left dialog{inset-inline:0 auto}
.inline dialog{position:relative;width:100%;max-width:100%}
.bar{display:flex;align-items:center;justify-content:space-between;gap:8px;background:var(--accent);color:var(--ink);padding:2px 6px 2px 16px;font-weight:600}
.bar button{min-width:44px;border:0;border-radius:8px;background:none;color:inherit;font-size:14px;padding:0 10px;text-decoration:underline}
.bar :focus-visible{outline-color:currentColor;outline-offset:-4px;box-shadow:none}
iframe{flex:1;width:100%;min-height:0;border:0}
.note{padding:20px}[hidden]{display:none!important}
.note a,.note button{display:block;min-height:44px;margin:10px 0;padding:10px 14px;border:1px solid #7d8a87;border-radius:10px;background:none;color:inherit}
@media (prefers-color-scheme:dark){.root{--paper:#1c2626;--text:#e8ece9}dialog{border-color:#fff4}}
@media (max-width:520px),(max-height:480px){.float dialog{position:fixed;inset:0;width:100%;height:100%;height:100dvh;max-width:none;max-height:none;border:0;border-radius:0}}
@media (prefers-reduced-motion:no-preference){.float dialog[open]{animation:rise .18s ease-out}@keyframes rise{from{opacity:0;transform:translateY(8px)}}}
@media print{.root{display:none}}`;

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children);
    return element;
  };

  // Black or white on the clinic's colour, whichever can be read.
  const inkOn = (colour) => {
    const [red, green, blue] = colour.match(/[\da-f]{2}/gi).map((part) => (parseInt(part, 16) / 255) ** 2.2);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
  };

  class PatientChat extends HTMLElement {
    connectedCallback() {
      if (!this.root) this.build();
      this.listen = (event) => this.hear(event);
      addEventListener("message", this.listen);
      this.style.setProperty("all", "initial", "important");
      this.style.setProperty("display", "block", "important");
      if (this.root.popover) this.root.showPopover();
      if (this.hasAttribute("open")) this.show(false);
    }

    disconnectedCallback() {
      removeEventListener("message", this.listen);
      clearTimeout(this.timer);
      this.settle();
      this.frame.remove();
      this.ready = false;
    }

    build() {
      const lang = (this.lang || document.documentElement.lang || navigator.language).slice(0, 2).toLowerCase();
      this.language = data.languages[lang] ? lang : "en";
      const words = (this.words = data.languages[this.language]);
      const position = this.getAttribute("position") || "inline";
      const shadow = this.attachShadow({ mode: "open" });
      if ("adoptedStyleSheets" in shadow) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        shadow.adoptedStyleSheets = [sheet];
      } else shadow.append(make("style", {}, STYLE));
      this.launcher = make("button", { class: "open", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" });
      this.launcher.append(this.getAttribute("label") || words.open);
      const close = make("button", { type: "button" }, words.close);
      this.frame = make("iframe", { title: words.title, allow: "clipboard-write" });
      this.note = make("div", { class: "note", role: "alert", hidden: "" });
      this.dialog = make("dialog", { "aria-label": words.title }, make("div", { class: "bar" }, make("span", {}, words.title), close), this.note);
      const place = position === "inline" ? "inline" : position.includes("left") ? "float left" : "float";
      this.root = make("div", { class: `root ${place}`, lang: this.language, dir: words.dir }, this.launcher, this.dialog);
      // In the top layer nothing on the page can cover it, move it or turn it.
      if (place !== "inline" && this.root.showPopover) this.root.popover = "manual";
      const colour = /^#[\da-f]{6}$/i.test(this.getAttribute("color")) && this.getAttribute("color");
      if (colour) {
        this.root.style.setProperty("--accent", colour);
        this.root.style.setProperty("--ink", inkOn(colour));
      }
      shadow.append(this.root);
      this.launcher.addEventListener("click", () => this.show(true));
      close.addEventListener("click", () => this.hide());
      this.dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.hide()));
      this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && (event.preventDefault(), this.hide()));
    }

    show(focus) {
      if (this.dialog.open) return;
      const whole = this.root.classList.contains("float") && matchMedia("(max-width:520px),(max-height:480px)").matches;
      if (whole) this.dialog.showModal();
      else this.dialog.show();
      this.launcher.hidden = true;
      this.launcher.setAttribute("aria-expanded", "true");
      this.wanted = focus;
      if (!this.frame.isConnected) this.load();
      else if (focus) this.focusBox();
      this.dispatchEvent(new CustomEvent("chat:open", { bubbles: true, composed: true }));
    }

    hide() {
      if (!this.dialog.open) return;
      this.settle();
      this.launcher.focus();
      this.dispatchEvent(new CustomEvent("chat:close", { bubbles: true, composed: true }));
    }

    settle() {
      this.dialog.close();
      this.launcher.hidden = false;
      this.launcher.setAttribute("aria-expanded", "false");
    }

    load() {
      const frame = new URL(this.getAttribute("frame") || "embed", HERE);
      if (frame.origin !== HERE.origin) return;
      if (!frame.searchParams.has("lang")) frame.searchParams.set("lang", this.language);
      frame.hash = encodeURIComponent(location.origin);
      this.ready = false;
      this.note.hidden = true;
      this.frame.hidden = false;
      this.frame.src = frame.href;
      this.dialog.append(this.frame);
      clearTimeout(this.timer);
      this.frame.onload = () => this.expect(2500, frame);
      this.expect(12000, frame);
    }

    // A frame that stays silent is a server that is gone, or a site that may not show it.
    expect(wait, frame) {
      clearTimeout(this.timer);
      if (!this.ready) this.timer = setTimeout(() => this.ready || this.apologise(frame), wait);
    }

    apologise(frame) {
      const { words } = this;
      const page = new URL("./", frame);
      page.searchParams.set("lang", this.language);
      const line = ({ href, label, detail }) => make("a", { href, rel: "noopener noreferrer" }, make("strong", {}, label), ` ${detail || ""}`);
      const retry = make("button", { type: "button" }, words.retry);
      retry.addEventListener("click", () => this.load());
      const tab = make("a", { href: page.href, target: "_blank", rel: "noopener noreferrer" }, words.new_tab);
      this.frame.hidden = true;
      this.note.hidden = false;
      this.note.replaceChildren(make("p", {}, words.unreachable), ...data.help.map(line), ...data.contact.map(line), retry, tab);
    }

    focusBox() {
      this.frame.focus();
      this.frame.contentWindow.postMessage({ type: "chat:focus" }, HERE.origin);
    }

    hear(event) {
      if (event.origin !== HERE.origin || event.source !== this.frame.contentWindow) return;
      const type = event.data && event.data.type;
      if (type === "chat:escape") this.hide();
      if (type === "chat:leave") location.replace(data.leave);
      if (type === "chat:ready") {
        this.ready = true;
        clearTimeout(this.timer);
        this.note.hidden = true;
        this.frame.hidden = false;
        if (this.wanted && this.dialog.open) this.focusBox();
        this.wanted = false;
      }
    }
  }

  if (!customElements.get(NAME)) customElements.define(NAME, PatientChat);

  // One line is enough: without an element of its own the page gets a button in the corner.
  const start = () => {
    if (document.querySelector(NAME)) return;
    const chat = document.createElement(NAME);
    const given = script ? script.dataset : {};
    chat.setAttribute("position", "bottom-right");
    for (const name of ["position", "label", "color", "open", "frame", "lang"]) {
      if (name in given) chat.setAttribute(name, given[name]);
    }
    document.body.append(chat);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
