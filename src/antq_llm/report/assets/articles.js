// An article: its text with marks, its items beside it, and passages in no item.
const reading = { article: null, query: "" };
let opening = 0;

const articleName = (article) => DATA.articles[article][1] || DATA.articles[article][0];

function drawFinder() {
  const needles = fold(reading.query).split(/\s+/).filter(Boolean);
  const found = DATA.articles.map((about, article) => [article, about]).filter(([, about]) => needles.every((needle) => fold(`${about[0]} ${about[1]}`).includes(needle)));
  byId("found-articles").replaceChildren(...found.slice(0, 100).map(([article, about]) => make("li", { "aria-current": article === reading.article ? "true" : null },
    make("button", { type: "button", class: "link", on: { click: () => openArticle(article) } }, isolated(articleName(article))), " ",
    about[1] ? make("small", {}, isolated(about[0])) : null, " ",
    about[2] === "failure" ? make("span", { class: "badge failure" }, word("failure")) : null)));
  byId("article-count").textContent = found.length > 100 ? word("first_of", { shown: number(100), count: number(found.length) }) : word("articles_found", { count: number(found.length) });
}

function drawArticles() {
  const search = make("input", { type: "search", id: "article-search", autocomplete: "off", on: { input: () => { reading.query = search.value; drawFinder(); } } });
  search.value = reading.query;
  const step = (by) => () => openArticle((reading.article + by + DATA.articles.length) % DATA.articles.length);
  byId("article-view").replaceChildren(
    make("div", { class: "finder no-print" },
      make("div", { class: "toolbar" }, make("label", {}, make("span", {}, word("search_articles")), search),
        button(word("previous"), step(-1), { id: "previous-article" }), button(word("next"), step(1), { id: "next-article" }),
        make("span", { id: "article-count", class: "status", role: "status" })),
      make("ul", { id: "found-articles", tabindex: "0", "aria-label": word("articles") })),
    make("div", { id: "article" }));
  drawFinder();
  if (reading.article !== null) return drawArticle();
  return null;
}

// Open an article, at a row of a table ([table, row]) if given.
async function openArticle(article, place = null) {
  reading.article = article;
  drawFinder();
  await drawArticle();
  const about = await articleAt(article);
  const row = place ? about.rows.findIndex(([table, number]) => table === place[0] && number === place[1]) : -1;
  history.replaceState(null, "", `#article=${encodeURIComponent(DATA.articles[article][0])}`);
  if (row > 0) activate(row, true);
  else byId("article").querySelector("h3").focus();
}

async function drawArticle() {
  opening += 1;
  const mine = opening;
  const article = reading.article;
  const about = await articleAt(article);
  const rows = await Promise.all(about.rows.map(async ([table, row]) => ({ table, row: await rowAt(table, row) })));
  if (mine !== opening) return;
  const [id, title, status] = DATA.articles[article];
  byId("article").replaceChildren(
    make("h3", { tabindex: "-1" }, isolated(title || id)),
    make("p", { class: "soft" }, isolated(id), about.source ? " · " : "", about.source ? isolated(about.source) : ""),
    status === "failure" ? make("p", { class: "bad" }, make("span", { class: "badge failure" }, visible(about.error[0] ?? "")), " ", isolated(about.error[1])) : "",
    make("div", { class: "reading" },
      make("div", {}, about.state === "shown" ? legend(rows) : make("p", { class: "warn" }, word(`text_${about.state}`)), articleText(about, rows)),
      make("div", { class: "items", tabindex: "0", role: "region", "aria-label": word("record") }, ...itemGroups(about, rows), ...outsideItems(about))));
}

function legend(rows) {
  const tables = [...new Set(rows.map(({ table }) => table))].filter((table) => colour(table));
  return make("p", { class: "soft" }, ...tables.flatMap((table) => [make("mark", { class: `antq-mark ${colour(table)}` }, isolated(tableName(table))), " "]),
    make("mark", { class: "antq-mark antq-unaccounted" }, word("unaccounted")));
}

function articleText(about, rows) {
  const text = make("div", { class: "antq-text", id: "text", dir: "auto" });
  const linked = new Set();
  for (const piece of about.pieces) {
    if (typeof piece === "string") {
      addText(text, piece);
      continue;
    }
    const [words, ...marks] = piece;
    const [kind, row, warning] = about.marks[marks[0]];
    const style = kind === "item" ? colour(rows[row].table) || "antq-plain" : `antq-${kind}`;
    const targets = marks.map((mark) => (about.marks[mark][1] !== null ? `item-${about.marks[mark][1]}` : `warning-${about.marks[mark][2]}`));
    const isFirst = marks.some((mark) => !linked.has(mark));
    marks.forEach((mark) => linked.add(mark));
    const link = addText(make("a", { href: `#${targets[0]}`, tabindex: isFirst ? null : "-1" }), words);
    const title = kind === "item" ? tableName(rows[row].table) : about.warnings[warning][1];
    text.append(make("mark", { class: `antq-mark ${style}${marks.length > 1 ? " antq-nested" : ""}`, "data-targets": targets.join(" "), title: visible(title) }, link));
  }
  return text;
}

const namedValues = (column, value) => [value].flat().map((one) => valueName(column, one)).join("; ");

function itemCard(about, { table, row }, position) {
  const columns = DATA.tables[table].columns;
  const cells = row.slice(CELLS);
  const isFilled = (value) => value !== null && value !== undefined && !(Array.isArray(value) && !value.length);
  const filled = columns.map((column, place) => ({ column, value: cells[place] })).filter(({ value }) => isFilled(value));
  const isShown = ({ column }) => column.use !== "quote" || about.state !== "shown" || filled.length < 3;
  const heads = filled.filter(({ column }) => ["group", "figure"].includes(column.use)).slice(0, 2);
  const head = make("span", {});
  (heads.length ? heads : filled.slice(0, 1)).forEach(({ column, value }, place) => head.append(place ? " · " : "", isolated(namedValues(column, value))));
  return make("li", { class: `item ${colour(table)}`, id: `item-${position}`, "data-row": position },
    make("button", { type: "button", title: word("show_passage"), on: { click: () => activate(position, true) } }, head),
    " ", row[PROBABILITY] === null ? null : make("span", { class: "badge" }, `${word("confidence")}: ${percent(row[PROBABILITY])}`), ...badges(row[FLAGS]),
    ...(row[FLAGS] || []).map(([, message]) => make("div", { class: "warn" }, isolated(message))),
    make("dl", {}, ...filled.filter(isShown).flatMap(({ column, value }) => [make("dt", {}, isolated(columnName(column))),
      make("dd", {}, typeof value === "number" ? number(value) : isolated(namedValues(column, value)))])));
}

function itemGroups(about, rows) {
  const groups = new Map();
  rows.forEach((one, position) => groups.set(one.table, [...(groups.get(one.table) ?? []), itemCard(about, one, position)]));
  return [...groups].flatMap(([table, cards]) => [make("h4", {}, isolated(table ? tableName(table) : word("article")), table ? ` (${number(cards.length)})` : ""), make("ul", {}, ...cards)]);
}

// Warnings that belong to no item: passages in no item, dropped items, and others.
function outsideItems(about) {
  const cards = about.warnings.flatMap(([kind, message, row, item], position) => {
    if (row !== null && row > 0 && kind !== "dropped") return [];
    const hasPassage = about.marks.some(([, , warning]) => warning === position);
    const target = `warning-${position}`;
    return [make("li", { class: `item ${kind === "dropped" ? "gone" : ""}`, id: target },
      ...badges([[kind, message]]),
      hasPassage ? make("button", { type: "button", class: "link", on: { click: () => activateTarget(target, true) } }, isolated(message)) : isolated(message),
      item === null || item === undefined ? null : make("dl", {}, ...Object.entries(typeof item === "object" ? item : { value: item }).flatMap(([name, value]) => value === null ? [] :
        [make("dt", {}, isolated(fieldName(name))), make("dd", {}, isolated(typeof value === "object" ? JSON.stringify(value) : value))])))];
  });
  return cards.length ? [make("h4", {}, `${word("warnings")} (${number(cards.length)})`), make("ul", {}, ...cards)] : [];
}

const activate = (position, scroll) => activateTarget(`item-${position}`, scroll);

function highlight(target) {
  const article = byId("article");
  article.querySelectorAll(".active").forEach((element) => element.classList.remove("active"));
  if (!target) return [];
  const marks = [...article.querySelectorAll(".antq-mark[data-targets]")].filter((mark) => mark.dataset.targets.split(" ").includes(target));
  marks.forEach((mark) => mark.classList.add("active"));
  byId(target)?.classList.add("active");
  return marks;
}

// Mark an item and its passage, and scroll to the passage or else to the item.
function activateTarget(target, toPassage) {
  const marks = highlight(target);
  const card = byId(target);
  const place = toPassage && marks.length ? marks[0] : card;
  if (card && place !== card) card.scrollIntoView({ block: "nearest" });
  place?.scrollIntoView({ block: "center" });
  (toPassage && marks.length ? marks[0].querySelector("a") : card?.querySelector("button"))?.focus({ preventScroll: true });
}

function watchArticles() {
  const view = byId("article-view");
  view.addEventListener("click", (event) => {
    const link = event.target.closest(".antq-mark a");
    if (!link) return;
    event.preventDefault();
    activateTarget(link.getAttribute("href").slice(1), false);
  });
  view.addEventListener("mouseover", (event) => {
    const mark = event.target.closest(".antq-mark[data-targets]");
    const card = event.target.closest(".item");
    if (mark) highlight(mark.dataset.targets.split(" ")[0]);
    else if (card) highlight(card.id);
  });
}
