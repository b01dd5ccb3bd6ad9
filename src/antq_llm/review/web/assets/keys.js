/* Keyboard shortcuts, which do nothing while the reader types in a field. */
const move = (step) => {
  const items = all("details.item > summary");
  const here = items.findIndex((summary) => summary.parentElement.contains(document.activeElement));
  const next = items[here < 0 ? (step > 0 ? 0 : items.length - 1) : here + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
  showMark(next.parentElement.id);
};
const press = (id) => {
  const found = byId(id);
  if (found && !found.disabled && !found.closest("[hidden]")) found.click();
};
const keys = {
  j: () => move(1), k: () => move(-1), a: () => press("accept"), u: () => press("undo"),
  n: () => press("following"), p: () => press("previous"), "?": () => press("help-link"),
  ".": () => press("next-passage"), ",": () => press("previous-passage"), x: () => press("settle-button"),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
  if (act) { event.preventDefault(); act(); }
});
