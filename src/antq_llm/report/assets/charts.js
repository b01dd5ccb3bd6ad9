// Charts, which are tables with bars, so that screen readers can read them.
const chosenBars = new Map();

function bar(share) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 10");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const rectangle = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rectangle.setAttribute("width", String(Math.max(0, 100 * share)));
  rectangle.setAttribute("height", "10");
  svg.append(rectangle);
  return svg;
}

function toTable(table, query) {
  openTable(table, query);
  byId("tables").scrollIntoView();
  byId("search").focus({ preventScroll: true });
}

const linkTo = (table, text, query) => make("button", { type: "button", class: "link", on: { click: () => toTable(table, query) } }, isolated(text));

function barTable(table, bars, measure) {
  const field = columnNamed(table, bars.field);
  const column = { items: 1, articles: 2, sum: 3 }[measure];
  const largest = Math.max(...bars.bars.map((one) => one[column]), 1e-9);
  const rows = bars.bars.map((one) => make("tr", {},
    make("th", { scope: "row" }, linkTo(table, one[0] === "XXXX" ? word("no_year") : valueName(field, one[0]), one[0])),
    make("td", { class: "bar" }, bar(one[column] / largest)),
    make("td", { class: "number" }, number(one[column]))));
  const rest = [];
  if (bars.other_values) rest.push(word("other_values", { values: number(bars.other_values), items: number(bars.other_items) }));
  if (bars.missing) rest.push(word("missing_values", { items: number(bars.missing) }));
  return [make("div", { class: "scroll" }, make("table", { class: `chart ${colour(table)}` },
    make("caption", { class: "visually-hidden" }, `${tableName(table)}: ${columnName(field)}`),
    make("thead", { class: "visually-hidden" }, make("tr", {}, ...[isolated(columnName(field)), word("bar"), word(`measure_${measure}`)].map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows))), rest.length ? make("p", { class: "soft" }, rest.join(" ")) : null];
}

function level(count, largest) {
  return count ? `level-${Math.min(3, Math.ceil((3 * count) / largest))}` : null;
}

function grid(caption, head, rows) {
  const largest = Math.max(...rows.flatMap((row) => row.cells.map((one) => one.count)), 1);
  return make("div", { class: "scroll" }, make("table", { class: "grid" },
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, make("th", { scope: "row" }, row.head),
      ...row.cells.map(({ count, link }) => make("td", { class: level(count, largest) }, count ? link : "")))))));
}

function calendar(table, { field, months }) {
  const years = [...new Set(months.map(([year]) => year))];
  const monthName = (month) => new Intl.DateTimeFormat(state.language, { month: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2000, month - 1, 1)));
  const columns = [...Array(12).keys()].map((month) => month + 1);
  if (months.some(([, month]) => month === null)) columns.push(null);
  const rows = years.map((year) => ({
    head: year === null ? word("no_year") : String(year),
    cells: columns.map((month) => {
      const count = months.find((one) => one[0] === year && one[1] === month)?.[2] ?? 0;
      const query = month === null ? String(year) : `${year ?? "XXXX"}-${String(month).padStart(2, "0")}`;
      return { count, link: linkTo(table, number(count), query) };
    }),
  }));
  return grid(word("calendar", { field: columnName(columnNamed(table, field)) }), ["", ...columns.map((month) => (month === null ? word("no_month") : monthName(month)))], rows);
}

function matrix(table, { field, years, rows, other_rows, other_years }) {
  const shownRows = rows.map(([text, counts]) => ({
    head: linkTo(table, valueName(columnNamed(table, field), text), text),
    cells: counts.map((count) => ({ count, link: linkTo(table, number(count), text) })),
  }));
  const rest = other_rows + other_years ? make("p", { class: "soft" }, word("matrix_rest", { rows: number(other_rows), years: number(other_years) })) : null;
  return [grid(word("matrix", { field: columnName(columnNamed(table, field)) }), ["", ...years], shownRows), rest];
}

function chartCard(chart) {
  const { table, by } = chart;
  if (!by.some((bars) => bars.bars.length)) return null;
  const usable = by.filter((bars) => bars.bars.length);
  const chosen = chosenBars.get(table) ?? { field: usable[0].field, measure: "items" };
  const bars = usable.find(({ field }) => field === chosen.field);
  const choose = (change) => { chosenBars.set(table, { ...chosen, ...change }); drawCharts(); byId(`chart-${table}`).querySelector(change.field ? "select" : "label + label select").focus(); };
  const measures = ["items", "articles", ...(chart.has_sum ? ["sum"] : [])];
  return make("div", { class: "card", id: `chart-${table}` }, make("h3", {}, isolated(tableName(table))),
    make("div", { class: "toolbar" },
      select(word("count_by"), usable.map(({ field }) => [field, columnName(columnNamed(table, field))]), chosen.field, (field) => choose({ field })),
      select(word("measure"), measures.map((measure) => [measure, word(`measure_${measure}`)]), chosen.measure, (measure) => choose({ measure }))),
    chosen.measure === "sum" ? make("p", { class: "soft" }, word("sum_hint")) : null,
    ...barTable(table, bars, chosen.measure),
    ...chart.calendar.map((one) => calendar(table, one)),
    ...(chart.matrix ? matrix(table, chart.matrix) : []));
}

function drawCharts() {
  const cards = DATA.charts.map(chartCard).filter(Boolean);
  byId("chart-view").replaceChildren(cards.length ? make("div", { class: "side-by-side" }, ...cards) : make("p", {}, word("no_charts")));
}
