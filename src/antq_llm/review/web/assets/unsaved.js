/* Keeps the unsaved changes of forms in this tab while the page is reloaded. */
const changed = new Set();
const pointerOf = (form) => form.elements.pointer.value;
const isNew = (pointer) => pointer.endsWith("/-");
const controlsOf = (form) => [...form.elements].filter((control) => control.name.startsWith("f:") && !control.name.endsWith("?"));

const setChanged = (form, isChanged) => {
  if (isChanged) changed.add(form);
  else changed.delete(form);
  all(".unsaved", form.closest(".item")).forEach((badge) => { badge.hidden = !isChanged; });
};
const valuesOf = (form) => controlsOf(form)
  .filter((control) => control.type !== "checkbox" || control.checked)
  .map((control) => [control.name, control.value]);
const fill = (form, values) => {
  for (const control of controlsOf(form)) {
    const own = values.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "checkbox") control.checked = own.includes(control.value);
    else if (own.length) [control.value] = own;
  }
  const details = form.closest("details");
  if (details) details.open = true;
  setChanged(form, true);
};

/* Return the form for kept values if their item is unchanged, even if it moved in its list. */
const formFor = (kept) => {
  const free = itemForms.filter((form) => form.dataset.item === kept.item && !changed.has(form));
  if (isNew(kept.pointer)) {
    const isFresh = new URLSearchParams(location.search).has("start");
    return isFresh ? undefined : free.find((form) => pointerOf(form) === kept.pointer);
  }
  const list = kept.pointer.slice(0, kept.pointer.lastIndexOf("/"));
  return free.find((form) => pointerOf(form) === kept.pointer)
    || free.find((form) => pointerOf(form).startsWith(`${list}/`) && !isNew(pointerOf(form)));
};
let waiting = [];
const restore = () => {
  for (const kept of stored.get("edits") || []) {
    const form = formFor(kept);
    if (form) fill(form, kept.values);
    else waiting.push(kept);
  }
};
const showWaiting = () => {
  const added = waiting.find((kept) => isNew(kept.pointer));
  const lost = waiting.filter((kept) => !isNew(kept.pointer));
  byId("waiting").hidden = !added;
  if (added) {
    const address = new URL("/article", location.href);
    address.searchParams.set("id", articleId);
    address.searchParams.set("add", added.pointer.slice(0, -2));
    byId("waiting").querySelector("a").href = address.href;
  }
  byId("lost").hidden = !lost.length;
  byId("lost").querySelector("pre").textContent = lost
    .map((kept) => kept.values.filter(([, value]) => value).map(([name, value]) => `${name.slice(3)}: ${value}`).join("\n"))
    .join("\n\n");
};

/* The link does not reload the page if the address stays the same. */
const cancel = (form) => {
  form.reset();
  setChanged(form, false);
  const details = form.closest("details");
  if (details) details.open = false;
};

let sending = null;
let isStaying = false;
const keep = () => {
  const kept = [...changed].filter((form) => form !== sending)
    .map((form) => ({ pointer: pointerOf(form), item: form.dataset.item, values: valuesOf(form) }));
  const places = new Set(kept.map(({ pointer }) => pointer));
  const edits = [...kept, ...waiting.filter(({ pointer }) => !isNew(pointer) || !places.has(pointer))];
  stored.set("edits", edits.length ? edits : null);
};
const staysHere = (link) => {
  const address = new URL(link.href);
  if (address.pathname === "/article") return address.searchParams.get("id") === articleId;
  return ["/help", "/language"].includes(address.pathname);
};

if (articleId) {
  itemForms.filter((form) => form.hasAttribute("data-unsaved")).forEach((form) => setChanged(form, true));
  restore();
  showWaiting();
  for (const form of itemForms) form.addEventListener("input", () => setChanged(form, true));
  for (const link of all(".cancel")) link.addEventListener("click", () => cancel(link.closest("form")));
  for (const button of all(".discard")) {
    button.addEventListener("click", () => {
      const isOfNew = button.closest("#waiting") !== null;
      waiting = waiting.filter(({ pointer }) => isNew(pointer) !== isOfNew);
      showWaiting();
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    isStaying = link !== null && !event.ctrlKey && !event.metaKey && !event.shiftKey && staysHere(link);
  });
  document.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "accept" && changed.size) {
      event.preventDefault();
      byId("unsaved-notice").hidden = false;
      const [form] = changed;
      form.closest(".item").scrollIntoView({ block: "start" });
      form.querySelector(".buttons .primary").focus({ preventScroll: true });
      return;
    }
    sending = event.target;
    isStaying = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed.size && !isStaying) event.preventDefault();
    isStaying = false;
  });
  window.addEventListener("pagehide", keep);
}
