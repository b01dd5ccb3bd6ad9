// Draws the page, and redraws it in another language.
function drawAll() {
  translatePage();
  drawTotals();
  drawFirstLook();
  drawCharts();
  drawTables();
  return drawArticles();
}

function articleOfAddress() {
  const found = /^#article=(.*)$/.exec(location.hash);
  if (!found) return -1;
  try {
    const id = decodeURIComponent(found[1]);
    return DATA.articles.findIndex((about) => about[0] === id);
  } catch {
    return -1;
  }
}

shown.table = DATA.first_table;
byId("language").value = state.language;
byId("language").addEventListener("change", () => { state.language = byId("language").value; folded.clear(); drawAll(); });
byId("theme").addEventListener("change", () => { document.documentElement.dataset.theme = byId("theme").value; });
watchArticles();
drawAll();
pageLoaded.then(() => {
  if (!DATA.articles.length) return;
  const named = articleOfAddress();
  if (named >= 0) openArticle(named);
  else { reading.article = 0; drawFinder(); drawArticle(); }
});
