// The blocks of rows and articles, each of which is parsed when it is first needed.
const parsed = new Map();
const pageLoaded = new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else document.addEventListener("DOMContentLoaded", resolve, { once: true });
});

async function block(id) {
  if (!parsed.has(id)) {
    if (!byId(id)) await pageLoaded;
    const element = byId(id);
    parsed.set(id, JSON.parse(element.textContent));
    element.remove();
  }
  return parsed.get(id);
}

const blockId = (table, row) => `rows-${table}-${Math.floor(row / DATA.rows_in_block)}`;

async function rowAt(table, row) {
  return (await block(blockId(table, row)))[row % DATA.rows_in_block];
}

async function rowsBetween(table, start, end) {
  const rows = [];
  for (let row = start; row < end; row += 1) rows.push([row, await rowAt(table, row)]);
  return rows;
}

async function allRows(table) {
  const rows = [];
  const count = DATA.tables[table].rows;
  for (let start = 0; start < count; start += DATA.rows_in_block) {
    for (const row of await block(blockId(table, start))) rows.push([rows.length, row]);
  }
  return rows;
}

const articleAt = (article) => block(`article-${article}`);

// A row is [article, probability, flags, cell…].
const PROBABILITY = 1;
const FLAGS = 2;
const CELLS = 3;
