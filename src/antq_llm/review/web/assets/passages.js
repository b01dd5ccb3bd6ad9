/* Steps through the underlined passages; each is selected, to be added or settled. */
const openPassages = all("#passages li[data-open]").map((row) => row.id);
let passage = -1;

const showPassage = (number) => {
  passage = (number + openPassages.length) % openPassages.length;
  const id = openPassages[passage];
  const marks = marksOf(id);
  if (!marks.length) return;
  all(".antq-mark.current").forEach((mark) => mark.classList.remove("current"));
  marks.forEach((mark) => mark.classList.add("current"));
  const last = marks[marks.length - 1];
  document.getSelection().setBaseAndExtent(marks[0], 0, last, last.childNodes.length);
  showMark(id);
  byId("settle").hidden = false;
  byId("settle").elements.passage.value = id;
};

if (openPassages.length && text) {
  byId("passage-steps").hidden = false;
  byId("previous-passage").addEventListener("click", () => showPassage(passage < 0 ? -1 : passage - 1));
  byId("next-passage").addEventListener("click", () => showPassage(passage + 1));
  openPassages.forEach((id, number) => marksOf(id).forEach((mark) => mark.addEventListener("click", () => {
    if (document.getSelection().isCollapsed) showPassage(number);
  })));
  all("a[href='#passages']").forEach((link) => link.addEventListener("click", () => { byId("passages").open = true; }));
  for (const link of all("#passages a[data-passage]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      showPassage(openPassages.indexOf(link.dataset.passage));
    });
  }
  const named = openPassages.indexOf(location.hash.replace(/^#(at-)?/, ""));
  if (named >= 0) {
    showPassage(named);
    byId("settle").querySelector("button").focus({ preventScroll: true });
  }
}
