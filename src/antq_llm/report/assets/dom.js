"use strict";
// Elements, words and texts. Text from the data only becomes text nodes, never markup.
const DATA = JSON.parse(document.getElementById("report-data").textContent);
const INVISIBLE = new RegExp(DATA.invisible, "gu");
const state = { language: DATA.language };

const byId = (id) => document.getElementById(id);

function codeOf(character) {
  return `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
}

const visible = (text) => String(text).replace(INVISIBLE, codeOf);

// Make an element. Null attributes are left out; "on" has listeners.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Add text from the data to an element, with invisible characters as their codes.
function addText(element, text) {
  let position = 0;
  for (const found of String(text).matchAll(INVISIBLE)) {
    element.append(String(text).slice(position, found.index));
    element.append(make("span", { class: "antq-invisible" }, codeOf(found[0])));
    position = found.index + found[0].length;
  }
  element.append(String(text).slice(position));
  return element;
}

// Return text from the data in an element that isolates its direction.
const isolated = (text, attributes = {}) => addText(make("bdi", attributes), text);

function word(key, values = {}) {
  const text = DATA.words[state.language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const wordOr = (key, other) => DATA.words[state.language][key] ?? other;

function number(value, options = {}) {
  return new Intl.NumberFormat(state.language, { maximumFractionDigits: 6, ...options }).format(value);
}

const percent = (value) => number(value, { style: "percent", maximumFractionDigits: 0 });

function badges(flags) {
  return (flags || []).map(([kind, message]) =>
    make("span", { class: `badge ${kind}`, title: visible(message) }, wordOr(kind, visible(kind))));
}

const fieldName = (name) => visible(name.replaceAll("_", " "));

// Names and values of the record's fields in the language of the page, by field path.
const schemaWord = (kind, path) => (path && Object.hasOwn(DATA.schema_words[state.language][kind], path) ? DATA.schema_words[state.language][kind][path] : null);
const columnName = (column) => visible(schemaWord("names", column.path) ?? (column.path ? fieldName(column.name) : wordOr(`column_${column.name}`, fieldName(column.name))));
const columnNamed = (table, name) => DATA.tables[table].columns.find((column) => column.name === name);
const descriptionOf = (shown) => schemaWord("abouts", shown.path) ?? shown.description;
const valueName = (column, value) => {
  const values = schemaWord("values", column?.path);
  return values && Object.hasOwn(values, value) ? values[value] : value;
};

const colour = (table) => {
  const list = DATA.tables[table].colour;
  return list === null ? "" : list;
};

function button(text, listener, attributes = {}) {
  return make("button", { type: "button", ...attributes, on: { click: listener } }, text);
}

function select(label, options, chosen, listener) {
  const box = make("select", { on: { change: () => listener(box.value) } },
    ...options.map(([value, text]) => make("option", { value }, text)));
  box.value = chosen;
  return make("label", {}, make("span", {}, label), box);
}

function translatePage() {
  document.documentElement.lang = state.language;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
}
