// The tables: search, sorting, paging, and CSV of the rows shown.
const shown = { table: null, query: "", sort: null, descending: false, page: 0, size: 25, rows: null };
const folded = new Map();
let searchTimer = null;
let drawing = 0;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

function searchText(table, row, cells) {
  const key = `${table}-${row}-${state.language}`;
  if (!folded.has(key)) {
    const [id, title] = DATA.articles[cells[0]];
    const flags = (cells[FLAGS] || []).map(([kind]) => `${kind} ${wordOr(kind, "")}`);
    const values = DATA.tables[table].columns.flatMap((column, place) => [cells[CELLS + place]].flat().flatMap((value) => [value, valueName(column, value)]));
    folded.set(key, fold([id, title, ...flags, ...values].join("\n")));
  }
  return folded.get(key);
}

function columnsOf(table) {
  const about = DATA.tables[table];
  const columns = [{ name: "article", use: "article", text: word("article"), value: (row) => DATA.articles[row[0]][1] || DATA.articles[row[0]][0] }];
  about.columns.forEach((column, position) => {
    if (column.filled) columns.push({ ...column, text: columnName(column), value: (row) => row[CELLS + position] });
  });
  if (about.has_probability) {
    columns.push({ name: "probability", use: "probability", kind: "number", text: word("confidence"), value: (row) => row[PROBABILITY] });
  }
  if (about.has_flags) {
    columns.push({ name: "flags", use: "flags", text: word("remarks"), value: (row) => (row[FLAGS] || []).map(([kind]) => kind) });
  }
  return columns;
}

async function chosenRows() {
  const needles = fold(shown.query).split(/\s+/).filter(Boolean);
  let rows = await allRows(shown.table);
  if (needles.length) {
    rows = rows.filter(([row, cells]) => {
      const text = searchText(shown.table, row, cells);
      return needles.every((needle) => text.includes(needle));
    });
  }
  const column = columnsOf(shown.table).find(({ name }) => name === shown.sort);
  if (column) rows.sort(comparison(column, shown.descending ? -1 : 1));
  return rows;
}

function comparison(column, direction) {
  const collator = new Intl.Collator(state.language, { numeric: true });
  const key = (row) => {
    const value = column.value(row);
    return Array.isArray(value) ? value.join("; ") || null : value ?? null;
  };
  const keys = new Map();
  const keyOf = ([row, cells]) => {
    if (!keys.has(row)) keys.set(row, key(cells));
    return keys.get(row);
  };
  return (one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    if (a === null || b === null) return (a === null) - (b === null) || one[0] - other[0];
    const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
    return direction * order || one[0] - other[0];
  };
}

function cell(column, row, place) {
  const value = column.value(row);
  if (column.use === "article") {
    return make("td", {}, make("button", { type: "button", class: "link", on: { click: () => openArticle(row[0], place) } }, isolated(value)));
  }
  if (column.use === "flags") return make("td", {}, ...badges(row[FLAGS]));
  if (value === null || value === undefined || (Array.isArray(value) && !value.length)) return make("td", {}, make("span", { class: "soft", "aria-label": word("none") }, "–"));
  if (column.use === "probability") return make("td", { class: "number" }, percent(value));
  if (typeof value === "number") return make("td", { class: "number" }, number(value, { useGrouping: column.use === "figure" || column.name === "cost_usd" }));
  const parts = Array.isArray(value) ? value : [value];
  const text = make("span", { class: column.use === "date" ? "date" : String(value).length > 60 ? "long wide" : "long" });
  parts.forEach((part, position) => text.append(position ? "; " : "", isolated(part === null ? "–" : valueName(column, part))));
  return make("td", {}, text);
}

function heading(column) {
  const sorted = shown.sort === column.name;
  const sort = sorted ? (shown.descending ? "descending" : "ascending") : null;
  const arrow = sorted ? (shown.descending ? " ▼" : " ▲") : "";
  const press = () => {
    shown.descending = sorted && !shown.descending;
    shown.sort = column.name;
    shown.page = 0;
    drawRows(column.name);
  };
  const numeric = column.use === "figure" || column.use === "probability" || column.kind === "integer";
  return make("th", { scope: "col", "aria-sort": sort, class: numeric ? "number" : null, title: descriptionOf(column) ? visible(descriptionOf(column)) : null },
    make("button", { type: "button", "data-column": column.name, on: { click: press } }, isolated(column.text), make("span", { "aria-hidden": "true" }, arrow)));
}

async function drawRows(focusColumn = null) {
  drawing += 1;
  const mine = drawing;
  const table = shown.table;
  const plain = !shown.query.trim() && !shown.sort;
  const all = plain ? null : await chosenRows();
  const count = plain ? DATA.tables[table].rows : all.length;
  shown.page = Math.max(0, Math.min(shown.page, Math.ceil(count / shown.size) - 1));
  const [start, end] = [shown.page * shown.size, Math.min(count, (shown.page + 1) * shown.size)];
  const rows = plain ? await rowsBetween(table, start, end) : all.slice(start, end);
  if (mine !== drawing) return;
  const columns = columnsOf(table);
  const body = make("tbody", {}, ...rows.map(([row, cells]) => make("tr", {}, ...columns.map((column) => cell(column, cells, [table, row])))));
  const caption = descriptionOf(DATA.tables[table]);
  byId("rows").replaceChildren(make("table", {},
    make("caption", { class: caption ? null : "visually-hidden" }, isolated(caption || tableName(table))),
    make("thead", {}, make("tr", {}, ...columns.map(heading))), body));
  const total = DATA.tables[table].rows;
  const empty = DATA.tables[table].columns.filter(({ filled }) => !filled);
  byId("empty-columns").textContent = total && empty.length ? word("empty_columns", { names: empty.map(columnName).join(", ") }) : "";
  byId("row-count").textContent = count === 0 ? word("no_rows") : word(count === total ? "rows_shown" : "rows_found",
    { start: number(start + 1), end: number(end), count: number(count), total: number(total) });
  byId("previous-page").disabled = shown.page === 0;
  byId("next-page").disabled = end >= count;
  if (focusColumn) byId("rows").querySelector(`[data-column="${CSS.escape(focusColumn)}"]`)?.focus();
}

function openTable(table, query = "") {
  Object.assign(shown, { table, query, sort: null, descending: false, page: 0 });
  drawTables();
}

function drawTables() {
  const tabs = DATA.tables.map((about, table) => (!about.rows && !about.is_list && about.name !== "failures" ? null :
    button("", () => openTable(table), { "aria-pressed": String(table === shown.table), class: colour(table) || null })));
  tabs.forEach((tab, table) => tab && tab.append(isolated(tableName(table)), ` (${number(DATA.tables[table].rows)})`));
  const search = make("input", { type: "search", id: "search", autocomplete: "off", on: { input: () => {
    clearTimeout(searchTimer);
    searchTimer = setTimeout(() => { shown.query = search.value; shown.page = 0; drawRows(); }, 150);
  } } });
  search.value = shown.query;
  const sizes = select(word("rows_per_page"), [25, 50, 100, 500].map((size) => [String(size), number(size)]), String(shown.size), (size) => { shown.size = Number(size); shown.page = 0; drawRows(); });
  sizes.className = "no-print";
  const turn = (pages) => () => { shown.page += pages; drawRows(); };
  byId("table-view").replaceChildren(
    make("div", { class: "tabs no-print", role: "group", "aria-label": word("tables") }, ...tabs),
    make("div", { class: "toolbar" },
      make("label", { class: "no-print" }, make("span", {}, word("search")), search),
      sizes,
      button(word("previous"), turn(-1), { id: "previous-page", class: "no-print" }),
      button(word("next"), turn(1), { id: "next-page", class: "no-print" }),
      button(word("csv"), saveCsv, { id: "csv", class: "no-print" }),
      make("span", { id: "row-count", class: "status", role: "status" })),
    make("div", { class: "scroll rows", id: "rows", tabindex: "0", role: "region", "aria-label": tableName(shown.table) }),
    make("p", { id: "empty-columns", class: "soft" }));
  return drawRows();
}

const tableName = (table) => wordOr(`table_${DATA.tables[table].name}`, columnName(DATA.tables[table]));

const FORMULA = new RegExp(`^(?:${DATA.formula})`, "su");
const PLAIN_NUMBER = new RegExp(`^(?:${DATA.plain_number})$`, "su");

// As in exports, lists are joined by "; ", or written as JSON if that could not be read back.
function csvCell(value) {
  if (value === null || value === undefined) return "";
  let text = value;
  if (Array.isArray(value)) {
    const plain = value.every((part) => part !== null && (typeof part !== "string" || (part && part === part.trim() && !part.includes(";") && !part.startsWith("["))));
    text = plain ? value.join("; ") : JSON.stringify(value);
  }
  if (typeof text === "string" && FORMULA.test(text) && !PLAIN_NUMBER.test(text)) text = `'${text}`;
  text = String(text);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function saveCsv() {
  const columns = columnsOf(shown.table);
  const lines = [["article_id", ...columns.map(({ name }) => name)]];
  for (const [, row] of await chosenRows()) lines.push([DATA.articles[row[0]][0], ...columns.map((column) => column.value(row))]);
  const text = lines.map((line) => line.map(csvCell).join(",")).join("\r\n");
  const link = make("a", { download: `${DATA.tables[shown.table].name}.csv`, href: URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
