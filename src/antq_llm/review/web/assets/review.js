"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const text = byId("text");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* A selected passage: its offsets go into the links and forms that can use it. */
  const displayed = (container, offset) => {
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(container, offset);
    const copy = range.cloneContents();
    all(".antq-invisible", copy).forEach((code) => code.replaceWith("x"));
    return [...copy.textContent].length;
  };
  const keepSelection = () => {
    const selection = document.getSelection();
    if (!text || selection.isCollapsed || selection.rangeCount === 0) return;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
    const start = displayed(range.startContainer, range.startOffset);
    const end = displayed(range.endContainer, range.endOffset);
    for (const link of all("a[data-add]")) {
      const address = new URL(link.href);
      address.searchParams.set("start", start);
      address.searchParams.set("end", end);
      link.href = address.href;
    }
    for (const form of all(".item-form")) {
      form.elements.start.value = start;
      form.elements.end.value = end;
      all(".use-selection", form).forEach((button) => { button.disabled = false; });
    }
    const shown = byId("selected");
    shown.hidden = false;
    const words = range.toString();
    shown.querySelector("q").textContent = words.length > 90 ? words.slice(0, 90) + "…" : words;
    if (window.CSS && CSS.highlights) CSS.highlights.set("selected", new Highlight(range.cloneRange()));
  };
  document.addEventListener("selectionchange", keepSelection);

  /* Items and their marks in the text. */
  const marksOf = (id) => all(`.antq-mark[data-targets~="${id}"]`);
  const linkItem = (item) => {
    const light = (on) => () => marksOf(item.id).forEach((mark) => mark.classList.toggle("linked", on));
    item.addEventListener("mouseenter", light(true));
    item.addEventListener("mouseleave", light(false));
    item.addEventListener("focusin", light(true));
    item.addEventListener("focusout", light(false));
    item.addEventListener("toggle", () => { if (item.open) showMark(item.id); });
  };
  const showMark = (id) => {
    const [mark] = marksOf(id);
    const pane = byId("text-pane");
    if (mark && pane) pane.scrollTop += mark.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  };
  all("details.item").forEach(linkItem);
  for (const mark of all(".antq-mark")) {
    const items = (mark.dataset.targets || "").split(" ").filter(Boolean).map(byId).filter(Boolean);
    mark.addEventListener("mouseenter", () => items.forEach((item) => item.classList.add("linked")));
    mark.addEventListener("mouseleave", () => items.forEach((item) => item.classList.remove("linked")));
    mark.addEventListener("click", () => {
      if (!document.getSelection().isCollapsed || !items.length) return;
      items[0].open = true;
      items[0].querySelector("summary").focus({ preventScroll: true });
      items[0].scrollIntoView({ block: "center" });
    });
  }
  const target = (location.hash && byId(location.hash.slice(1))) || document.querySelector(".new-item, details.item[open]");
  const faulty = document.querySelector(".item-form [aria-invalid=true]");
  if (target && target.matches("details")) target.querySelector("summary").focus({ preventScroll: true });
  if (target && target.matches(".new-item")) target.querySelector("textarea, input:not([type=hidden]), select").focus({ preventScroll: true });
  if (target) {
    target.scrollIntoView({ block: "start" });
    showMark(target.id);
  }
  if (faulty) {
    faulty.focus({ preventScroll: true });
    faulty.scrollIntoView({ block: "center" });
  }

  /* Suggested values go into their control; without this script they are sent. */
  for (const chip of all("button[data-for]")) {
    chip.addEventListener("click", (event) => {
      const control = byId(chip.dataset.for);
      if (!control) return;
      event.preventDefault();
      control.value = chip.dataset.text;
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.focus();
    });
  }

  /* Leaving a page with a form that was changed and not saved asks first. */
  let sending = null;
  const changed = new Set();
  for (const form of all(".item-form")) {
    form.addEventListener("input", () => changed.add(form));
  }
  document.addEventListener("submit", (event) => { sending = event.target; });
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form !== sending)) event.preventDefault();
    sending = null;
  });

  /* Keys, where no text is being written. */
  const move = (step) => {
    const items = all("details.item > summary");
    const here = items.findIndex((summary) => summary.parentElement.contains(document.activeElement));
    const next = items[here < 0 ? (step > 0 ? 0 : items.length - 1) : here + step];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
    showMark(next.parentElement.id);
  };
  const press = (id) => { const found = byId(id); if (found && !found.disabled) found.click(); };
  const keys = {
    j: () => move(1), k: () => move(-1), a: () => press("accept"), u: () => press("undo"),
    n: () => press("following"), p: () => press("previous"), "?": () => press("help-link"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (act) { event.preventDefault(); act(); }
  });
})();
