// The page: finds the dashboard that the address names, shows it, and looks for newer figures every five minutes.

import { request, token } from "./api.js";
import { element } from "./dom.js";
import { spansOf } from "./layout.js";
import { showFreshness, showNavigation, showPublished, showTitle } from "./masthead.js";
import { errorNotice, notice, signInNotice, stalenessNotice } from "./notices.js";
import { tileElement } from "./tile.js";

const reloadMilliseconds = 5 * 60_000;
const notices = document.getElementById("notices");
const tiles = document.getElementById("tiles");

/** What is on screen: the name asked for, and the document as text so that an unchanged one is left alone. */
const shown = { name: null, text: null, published: null, manifest: null };
/** Counts loads: an answer that arrives after a newer question is dropped. */
let loadCount = 0;
let loadedAt = 0;

/** The name after the # of the address; empty when there is none, or none that can be read. */
function askedName() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

async function load() {
  const load = (loadCount += 1);
  const isCurrent = () => load === loadCount;
  tiles.setAttribute("aria-busy", "true");
  try {
    const { dashboards } = await request("dashboards");
    if (!isCurrent()) return;
    const asked = askedName() || dashboards[0]?.name;
    showNavigation(dashboards, asked);
    if (!asked) return showNothing(notice("hint", "No dashboard has been published yet.", element("p", {}, "Run ", element("code", {}, "muster publish"), ", then load this page again.")));
    if (!dashboards.some(({ name }) => name === asked)) {
      const links = dashboards.flatMap(({ name, title }, index) => [index > 0 && ", ", element("a", { href: `#${encodeURIComponent(name)}` }, title)]);
      return showNothing(notice("problem", `There is no dashboard “${asked}”.`, element("p", {}, "Published: ", links, ".")));
    }
    const [published, manifest] = await Promise.all([
      request(`dashboards/${encodeURIComponent(asked)}.json`),
      request("manifest.json").catch(() => null),
    ]);
    if (!isCurrent()) return;
    loadedAt = Date.now();
    show(asked, published, manifest);
  } catch (error) {
    if (isCurrent()) fail(error);
  } finally {
    if (isCurrent()) tiles.setAttribute("aria-busy", "false");
  }
}

function show(name, published, manifest) {
  const text = JSON.stringify(published);
  const isUnchanged = shown.name === name && shown.text === text;
  Object.assign(shown, { name, text, published, manifest });
  showTitle(published.title);
  showFreshness(published);
  showPublished(manifest, published);
  showNotices();
  if (isUnchanged) return;
  const spans = spansOf(published.tiles);
  tiles.replaceChildren(...published.tiles.map((tile, index) => tileElement(tile, published, spans[index])));
}

function showNotices(...first) {
  const stale = shown.published && stalenessNotice(shown.published, shown.manifest, new Date());
  const plain = !globalThis.d3 && notice("hint", "Shown as tables: the drawing library is missing.", element("p", {}, "Install the Debian package ", element("code", {}, "node-d3"), " on the server."));
  const wanted = [...first, stale, plain].filter(Boolean);
  // A screen reader hears what is put here: the same words are not put again.
  const words = (nodes) => nodes.map((node) => node.textContent).join();
  if (first.length > 0 || words(wanted) !== words([...notices.children])) notices.replaceChildren(...wanted);
}

function showNothing(...first) {
  Object.assign(shown, { name: null, text: null, published: null, manifest: null });
  tiles.replaceChildren();
  showTitle("Muster");
  showFreshness(null);
  showPublished(null, null);
  showNotices(...first);
}

/** A failed refresh leaves the figures where they are and says so; only a refused token takes them away. */
function fail(error) {
  if (error.status === 401) {
    const wasRefused = token.get() !== null;
    token.forget();
    showNothing(signInNotice(load, wasRefused));
    document.getElementById("token").focus();
  } else if (shown.published && (askedName() || shown.name) === shown.name) {
    showNotices(errorNotice(error, "These are the figures loaded before; the page keeps trying."));
  } else {
    if (error.status === undefined) console.error(error);
    showNothing(errorNotice(error));
  }
}

window.addEventListener("hashchange", () => {
  window.scrollTo(0, 0);
  load();
});
setInterval(load, reloadMilliseconds);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - loadedAt > reloadMilliseconds) load();
});
load();
