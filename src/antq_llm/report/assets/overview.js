// Totals, failures, cost, and the items to look at first.
function tile(label, value, note = null) {
  return make("div", { class: "tile" }, make("dt", {}, label), make("dd", {}, value, note ? make("small", {}, note) : null));
}

function countTable(caption, rows) {
  if (!rows.length) return null;
  return make("div", { class: "card" }, make("h3", {}, caption), make("table", {}, make("caption", { class: "visually-hidden" }, caption),
    make("tbody", {}, ...rows.map(([label, value]) => make("tr", {}, make("th", { scope: "row" }, label), make("td", { class: typeof value === "number" ? "number" : null }, typeof value === "number" ? number(value) : isolated(value)))))));
}

function drawTotals() {
  const run = DATA.overview;
  const cost = run.cost_usd === null ? word("unknown") : number(run.cost_usd, { style: "currency", currency: "USD", maximumFractionDigits: 4 });
  const costNote = run.cost_usd !== null && run.articles_without_cost ? word("without_cost", { count: number(run.articles_without_cost) }) : null;
  const tokens = run.tokens === null ? word("unknown") : `${number(run.tokens.input_tokens)} + ${number(run.tokens.output_tokens)}`;
  const texts = run.texts;
  const unread = Object.entries(run.unread);
  const kind = (name) => make("span", { class: `badge ${name}` }, wordOr(name, visible(name)));
  byId("totals").replaceChildren(
    make("dl", { class: "tiles" },
      tile(word("articles"), number(run.records + run.failures)), tile(word("records"), number(run.records)),
      tile(word("failures"), number(run.failures)), tile(word("items"), number(run.items)),
      tile(word("cost"), cost, costNote), tile(word("tokens"), tokens, word("tokens_note"))),
    texts.missing ? make("p", { class: "warn" }, word("texts_missing", { count: number(texts.missing) })) : "",
    texts.changed ? make("p", { class: "warn" }, word("texts_changed", { count: number(texts.changed) })) : "",
    make("div", { class: "side-by-side" }, ...[
      countTable(word("failures_by_kind"), run.failures_by_kind.map(([name, count]) => [isolated(name), count])),
      countTable(word("warnings_by_kind"), run.warnings.map(([name, count]) => [kind(name), count])),
      countTable(word("unread"), unread.map(([name, count]) => [isolated(name), count])),
      countTable(word("settings"), [...Object.entries(run.settings).map(([name, value]) => [fieldName(name), String(value)]), ...(run.started ? [[word("started"), run.started]] : [])]),
    ].filter(Boolean)));
}

function drawFirstLook() {
  const run = DATA.overview;
  const rows = DATA.first_look;
  if (!rows.length) {
    byId("first-look").replaceChildren(make("p", {}, word("first_none")));
    return;
  }
  const body = rows.map(([table, row, article, text, probability, flags]) => make("tr", {},
    make("td", {}, make("button", { type: "button", class: "link", on: { click: () => openArticle(article, [table, row]) } }, make("span", { class: "long" }, isolated(text[state.language])))),
    make("td", {}, isolated(tableName(table))), make("td", {}, isolated(articleName(article))),
    make("td", { class: "number" }, probability === null ? "–" : percent(probability)), make("td", {}, ...badges(flags))));
  byId("first-look").replaceChildren(
    make("p", {}, word(run.rated ? "first_rated" : "first_flagged")),
    rows.length < run.first_look_total ? make("p", { class: "soft" }, word("first_of", { shown: number(rows.length), count: number(run.first_look_total) })) : "",
    make("div", { class: "scroll rows first", tabindex: "0", role: "region", "aria-label": word("first") }, make("table", {}, make("caption", { class: "visually-hidden" }, word("first")),
      make("thead", {}, make("tr", {}, ...["item", "list", "article", "confidence", "remarks"].map((key) => make("th", { scope: "col" }, word(key))))), make("tbody", {}, ...body))));
}
