/* Items and their marks in the text. */
const marksOf = (id) => all(`.antq-mark[data-targets~="${id}"]`);
const targetsOf = (mark) => (mark.dataset.targets || "").split(" ").filter(Boolean).map(byId).filter(Boolean);

const isInView = (element, pane) => {
  const [inner, outer] = [element.getBoundingClientRect(), pane.getBoundingClientRect()];
  return inner.top >= outer.top && inner.bottom <= outer.bottom;
};
const showMark = (id) => {
  const pane = byId("text-scroll");
  const mark = document.querySelector(`.antq-pending[data-targets~="${id}"]`) || marksOf(id)[0];
  if (!mark || isInView(mark, pane)) return;
  pane.scrollTop += mark.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
};

/* Scroll to show all of an opened form, or at least its beginning. */
const showForm = (item) => {
  const [inner, outer] = [item.getBoundingClientRect(), byId("record-pane").getBoundingClientRect()];
  const bottom = Math.min(outer.bottom, innerHeight);
  if (inner.bottom > bottom) item.scrollIntoView({ block: inner.height > bottom - outer.top ? "start" : "nearest" });
};

for (const item of all("details.item, .new-item")) {
  const light = (isOn) => () => marksOf(item.id).forEach((mark) => mark.classList.toggle("linked", isOn));
  item.addEventListener("mouseenter", light(true));
  item.addEventListener("mouseleave", light(false));
  item.addEventListener("focusin", light(true));
  item.addEventListener("focusout", light(false));
  item.addEventListener("toggle", () => {
    if (!item.open || !isPlaced) return;
    showMark(item.id);
    showForm(item);
  });
}
for (const mark of all(".antq-mark")) {
  const items = targetsOf(mark).filter((target) => target.matches(".item"));
  mark.addEventListener("mouseenter", () => items.forEach((item) => item.classList.add("linked")));
  mark.addEventListener("mouseleave", () => items.forEach((item) => item.classList.remove("linked")));
  mark.addEventListener("click", () => {
    if (!document.getSelection().isCollapsed || !items.length) return;
    const summary = items[0].querySelector("summary");
    items[0].open = true;
    if (summary) summary.focus({ preventScroll: true });
    items[0].scrollIntoView({ block: "center" });
  });
}

/* Put a suggested value into its control; without this script, the button sends it. */
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

/* Scroll to where the article's page was left, and bring what was changed into view. */
let isPlaced = false;
const panes = () => [byId("text-scroll"), byId("record-pane"), document.scrollingElement];
const place = () => {
  const target = (location.hash && byId(location.hash.slice(1))) || document.querySelector(".new-item, details.item[open]");
  if (hasNotice("has_faults")) all("details.fault").slice(0, 1).forEach((item) => { item.open = true; });
  const faulty = document.querySelector(".item-form [aria-invalid=true]");
  const left = stored.get("scroll");
  if (left) panes().forEach((pane, number) => { pane.scrollTop = left[number]; });
  if (target && target.matches("details")) target.querySelector("summary").focus({ preventScroll: true });
  if (target && target.matches(".list")) target.querySelector("a[data-add], summary")?.focus({ preventScroll: true });
  if (target && target.matches(".new-item") && !faulty) {
    target.querySelector("textarea, input:not([type=hidden]), select").focus({ preventScroll: true });
  }
  if (target && !target.closest("#passages")) {
    target.scrollIntoView({ block: target.matches(".new-item, [open]") || !left ? "start" : "nearest" });
    if (!hasNotice("removed")) showMark(target.id);
  }
  if (faulty) {
    faulty.focus({ preventScroll: true });
    faulty.scrollIntoView({ block: "center" });
  }
};
if (articleId) {
  place();
  /* After this script, a browser may still scroll to the fragment of the address. */
  window.addEventListener("load", () => { place(); setTimeout(() => { isPlaced = true; }); });
  window.addEventListener("pagehide", () => stored.set("scroll", panes().map((pane) => pane.scrollTop)));
}
