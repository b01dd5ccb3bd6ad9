"use strict";
/* Functions that all parts of the script use. */
const byId = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const text = byId("text");
const articleId = document.body.dataset.article;
const itemForms = all(".item-form");
const hasNotice = (name) => document.querySelector(`.notice-${name}`) !== null;

/* Values stored for this tab, by article. */
const stored = {
  key: (name) => `antq:${name}:${articleId}`,
  get: (name) => JSON.parse(sessionStorage.getItem(stored.key(name))),
  set: (name, value) => {
    if (value) sessionStorage.setItem(stored.key(name), JSON.stringify(value));
    else sessionStorage.removeItem(stored.key(name));
  },
};

/* A notice is shown once, not again by Back, a reload or a change of language. */
if (articleId && new URLSearchParams(location.search).has("done")) {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  history.replaceState(null, "", address.href);
}

/* On a phone, a notice covers part of the page until the next touch. */
document.addEventListener("pointerdown", () => all(".notice[role=status]").forEach((notice) => {
  if (getComputedStyle(notice).position === "fixed") notice.hidden = true;
}));
