/* Keeps the unsaved changes of forms in this tab while the page is reloaded. */
const changed = new Set();
const pointerOf = (form) => form.elements.pointer.value;
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

/* The passage that a new item was started from tells the unfinished items of a list apart. */
const passageOf = ({ searchParams }) => ["start", "end"].map((name) => searchParams.get(name) || "").join("-");
const addressOf = ({ pointer, passage }) => {
  const address = new URL("/article", location.href);
  const [start, end] = passage.split("-");
  const values = { id: articleId, add: pointer.replace(/\/-$/, ""), start, end };
  Object.entries(values).filter(([, value]) => value).forEach(([name, value]) => address.searchParams.set(name, value));
  return address;
};
const isNew = ({ pointer, item }) => pointer.endsWith("/-") || !item;
const linkToAdd = ({ pointer }) => all("a.chip[data-add]").find((link) => link.dataset.add === pointer.replace(/\/-$/, ""));
const canContinue = (kept) => isNew(kept) && linkToAdd(kept) !== undefined;

/* Return the form for kept values if their item is unchanged, even if it moved in its list. */
const formFor = (kept) => {
  const free = itemForms.filter((form) => form.dataset.item === kept.item && !changed.has(form));
  const own = free.find((form) => pointerOf(form) === kept.pointer);
  if (isNew(kept)) return kept.passage === passageOf(new URL(location.href)) ? own : undefined;
  const list = kept.pointer.slice(0, kept.pointer.lastIndexOf("/"));
  return own || free.find((form) => pointerOf(form).startsWith(`${list}/`));
};
let waiting = [];
const restore = (edits) => {
  for (const { isSent, ...kept } of edits) {
    const form = formFor(kept);
    if (form) fill(form, kept.values);
    else waiting.push(kept);
  }
};
const waitingRow = (kept) => {
  const row = byId("waiting-row").content.firstElementChild.cloneNode(true);
  const [, shown] = kept.values.find(([, value]) => value.trim()) || ["", ""];
  row.querySelector("bdi").textContent = `${linkToAdd(kept).dataset.name}: ${shown}`;
  row.querySelector("a").href = addressOf(kept).href;
  row.querySelector("button").addEventListener("click", () => discard((other) => other === kept));
  return row;
};
const showWaiting = () => {
  const added = waiting.filter(canContinue);
  const lost = waiting.filter((kept) => !canContinue(kept));
  byId("waiting").hidden = !added.length;
  byId("waiting").querySelector("ul").replaceChildren(...added.map(waitingRow));
  byId("lost").hidden = !lost.length;
  byId("lost").querySelector("pre").textContent = lost
    .map((kept) => kept.values.filter(([, value]) => value).map(([name, value]) => `${name.slice(3)}: ${value}`).join("\n"))
    .join("\n\n");
};
const discard = (isDiscarded) => {
  waiting = waiting.filter((kept) => !isDiscarded(kept));
  showWaiting();
};

/* Return the kept values without those that were saved or that the page already shows.

A page that answers a form gets the address of its form, so that a reload does not send it again. */
const afterSending = () => {
  const edits = stored.get("edits") || [];
  const sent = edits.find(({ isSent }) => isSent);
  const shown = itemForms.find((form) => form.hasAttribute("data-unsaved"));
  if (!new URLSearchParams(location.search).has("id")) {
    const isOfNew = shown && isNew({ pointer: pointerOf(shown), item: shown.dataset.item });
    const address = addressOf({ pointer: isOfNew ? pointerOf(shown) : "", passage: (isOfNew && sent?.passage) || "-" });
    history.replaceState(null, "", address.href);
  }
  const isSettled = shown || hasNotice("saved") || hasNotice("removed");
  return isSettled ? edits.filter((kept) => kept !== sent) : edits;
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
  const passage = passageOf(new URL(location.href));
  const kept = [...changed].map((form) => ({
    pointer: pointerOf(form), item: form.dataset.item, passage, values: valuesOf(form), isSent: form === sending,
  }));
  const edits = [...kept, ...waiting];
  stored.set("edits", edits.length ? edits : null);
};
const staysHere = (link) => {
  const address = new URL(link.href);
  if (address.pathname === "/article") return address.searchParams.get("id") === articleId;
  return ["/help", "/language"].includes(address.pathname);
};

if (articleId) {
  itemForms.filter((form) => form.hasAttribute("data-unsaved")).forEach((form) => setChanged(form, true));
  restore(afterSending());
  showWaiting();
  const language = document.querySelector("a[href^='/language']");
  const switched = new URL(language.href);
  switched.searchParams.set("back", location.pathname + location.search);
  language.href = switched.href;
  for (const form of itemForms) form.addEventListener("input", () => setChanged(form, true));
  for (const link of all(".cancel")) link.addEventListener("click", () => cancel(link.closest("form")));
  byId("lost").querySelector("button").addEventListener("click", () => discard((kept) => !canContinue(kept)));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    isStaying = link !== null && !event.ctrlKey && !event.metaKey && !event.shiftKey && staysHere(link);
  });
  document.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "accept" && (changed.size || waiting.some(canContinue))) {
      event.preventDefault();
      byId("unsaved-notice").hidden = false;
      const [form] = changed;
      if (!form) return byId("waiting").querySelector("a").focus();
      form.closest(".item").scrollIntoView({ block: "start" });
      form.querySelector(".buttons .primary").focus({ preventScroll: true });
      return;
    }
    sending = event.target;
    if (itemForms.includes(sending) && event.submitter?.value !== "remove") setChanged(sending, true);
    isStaying = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed.size && !isStaying) event.preventDefault();
    isStaying = false;
  });
  window.addEventListener("pagehide", keep);
}
