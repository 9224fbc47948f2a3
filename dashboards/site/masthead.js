// The head and foot of the page: which dashboards there are, which this is, and how far its data reaches.

import { element } from "./dom.js";
import * as format from "./format.js";

const $ = (id) => document.getElementById(id);

export function showNavigation(dashboards, current) {
  const nav = $("dashboards");
  nav.hidden = dashboards.length < 2;
  nav.replaceChildren(...dashboards.map(({ name, title }) =>
    element("a", { href: `#${encodeURIComponent(name)}`, "aria-current": name === current ? "page" : null }, title)));
}

export function showTitle(title) {
  $("title").textContent = title;
  document.title = title === "Muster" ? title : `${title} · Muster`;
}

export function showFreshness(published) {
  const isKnown = published !== null;
  $("freshness").replaceChildren(...(isKnown ? ["Data through ", element("b", {}, lastDay(published)), ` · ${published.time_zone}`] : []));
}

export function showPublished(manifest, published) {
  $("published").textContent = manifest?.published_at && published
    ? `Published ${format.instant(new Date(manifest.published_at), published.time_zone)}, ${published.time_zone}.` : "";
}

/** `as_of` is exclusive: the last day is the one that ends at it. Within a day, the time it reaches is said too. */
function lastDay({ as_of, time_zone }) {
  const end = new Date(as_of);
  const options = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
  const last = format.instant(new Date(end - 1), time_zone, options);
  const isWholeDay = last !== format.instant(end, time_zone, options);
  return isWholeDay ? last : `${last}, ${format.instant(end, time_zone, { timeStyle: "short" })}`;
}
