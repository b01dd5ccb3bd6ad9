/* Puts the offsets of a selected passage into the links and forms that can use it. */
const displayedLength = (range) => {
  const copy = range.cloneContents();
  all(".antq-invisible", copy).forEach((code) => code.replaceWith("x"));
  return [...copy.textContent].length;
};
const displayedOffset = (container, offset) => {
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(container, offset);
  return displayedLength(range);
};

/* Return the part of the selection that is in the article, or null. */
const selectedRange = () => {
  const selection = document.getSelection();
  if (!text || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(text)) return null;
  if (!text.contains(range.startContainer)) range.setStart(text, 0);
  if (!text.contains(range.endContainer)) range.setEnd(text, text.childNodes.length);
  return range.toString().trim() ? range : null;
};

const keepSelection = () => {
  const range = selectedRange();
  if (!range) return;
  const start = displayedOffset(range.startContainer, range.startOffset);
  const end = start + displayedLength(range);
  for (const link of all("a[data-add]")) {
    const address = new URL(link.href);
    address.searchParams.set("start", start);
    address.searchParams.set("end", end);
    link.href = address.href;
  }
  for (const form of itemForms) {
    form.elements.start.value = start;
    form.elements.end.value = end;
    all(".use-selection", form).forEach((button) => { button.disabled = false; });
  }
  byId("select-hint").hidden = true;
  byId("selected").hidden = false;
  byId("selected").querySelector("q").textContent = range.toString().trim();
  if (window.CSS && CSS.highlights) CSS.highlights.set("selected", new Highlight(range));
};

let isKept = true;
document.addEventListener("selectionchange", () => {
  if (!isKept) return;
  isKept = false;
  requestAnimationFrame(() => { isKept = true; keepSelection(); });
});
