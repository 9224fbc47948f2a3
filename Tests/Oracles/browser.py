"""Opens the dashboard page in a real browser and asks what a careful reader would see.

    browser.py URL [--out DIR]

Every published dashboard, light and dark, 1280 and 390 pixels wide: no console error, page error or content
security violation; every tile of the document drawn, with at least one mark in the page for every value in its
rows; nothing wider than the window; no text under 9 px; titles at least 4.5 : 1 on their ground; the table of
every tile reachable and complete. Screenshots go to DIR. Chromium is MUSTER_CHROMIUM (/usr/bin/chromium);
a bearer token is MUSTER_TOKEN. Exits 1 when a check fails, 2 when the page or the browser cannot be had.
"""

import argparse
import itertools
import json
import os
import pathlib
import sys
import urllib.parse
import urllib.request

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
FONT_PIXELS_MIN = 9
CONTRAST_MIN = 4.5
DRAWN_MILLISECONDS_MAX = 15_000
# Of more groups the page names the largest.
COLOURED_GROUPS_MAX = 7
# The page says these in its own words.
KINDS_OF_VERDICTS = ("no verdict", "stopped", "keep running")

# Runs before the page: records what the content security policy refused.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} refused ${event.blockedURI || "inline"}`));
"""

# One tile as it stands in the page: what it says of itself, and the marks that can be counted.
TILE = """
(id) => {
  const tile = [...document.querySelectorAll("[data-tile]")].find((node) => node.dataset.tile === id);
  if (!tile) return null;
  const count = (selector) => tile.querySelectorAll(selector).length;
  const paths = [...tile.querySelectorAll("path")].map((path) => path.getAttribute("d") ?? "");
  const vertices = [...tile.querySelectorAll("path.line")].map((path) => (path.getAttribute("d") ?? "").match(/[ML]/g)?.length ?? 0);
  const box = tile.getBoundingClientRect();
  const geometry = [...tile.querySelectorAll("svg *")].flatMap((node) => [...node.attributes]).map(({ value }) => value).concat(paths);
  return {
    ...tile.dataset, width: box.width, height: box.height,
    vertices: vertices.reduce((sum, number) => sum + number, 0),
    bars: count("rect.bar"), rects: count("rect.cell"), tableCells: count("tbody td, tbody th"), tableRows: count("tbody tr"),
    legend: [...tile.querySelectorAll(".legend li > span:not(.withheld-mark)")].map((node) => node.textContent),
    intervals: count("svg .interval"), verdict: tile.querySelector(".verdict")?.textContent ?? "",
    broken: geometry.filter((value) => /NaN|Infinity|undefined/.test(value)).slice(0, 3),
  };
}
"""

# Visible text set smaller than a limit, as "size: words".
SMALL_TEXT = """
(limit) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim();
    const parent = walker.currentNode.parentElement;
    if (!words || parent.closest("script, noscript, style, [hidden]")) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < limit) small.push(`${size}px: ${words.slice(0, 40)}`);
  }
  return small;
}
"""

# The colour of every tile title and of the first opaque ground behind it, as the browser resolved them.
TITLE_COLOURS = """
() => [...document.querySelectorAll("[data-tile] h2")].map((title) => {
  let ground = title;
  while (ground && /rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  return { title: title.textContent, ink: getComputedStyle(title).color,
           ground: ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)" };
})
"""


class Verdicts:
    """Counts checks, and prints those that fail where they failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, holds, where, complaint):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {where}: {complaint}")


def get(url, path):
    request = urllib.request.Request(urllib.parse.urljoin(url, path))
    if os.environ.get("MUSTER_TOKEN"):
        request.add_header("Authorization", "Bearer " + os.environ["MUSTER_TOKEN"])
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def luminance(colour):
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].replace("/", ",").split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The contrast ratio of WCAG 2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def expected_marks(tile):
    """(kind, number of marks) that the rows of a tile call for, worked out from the document alone."""
    names = [column["name"] for column in tile["columns"]]
    is_series = {"name": "period", "type": "date"} in [{k: column[k] for k in ("name", "type")} for column in tile["columns"]]
    if not tile["rows"]:
        return "nothing", 0
    if tile["chart"] in ("line", "bars", "number") and is_series:
        numeric = [column["name"] for column in tile["columns"] if column["type"] in ("int", "float")]
        series = [name for name in tile.get("series") or [] if name in names] or numeric[:1]
        return "points", sum(
            row[names.index("period")] is not None and row[names.index(name)] is not None
            for row in tile["rows"] for name in series)
    if tile["chart"] == "retention" and {"cohort", "period", "rate"} <= set(names):
        withheld = {(row, names[column]) for row, column in tile.get("suppressed") or []}
        return "cells", sum(
            values[names.index("rate")] is not None or bool({(row, "rate"), (row, "returned")} & withheld)
            for row, values in enumerate(tile["rows"]))
    if tile["chart"] == "experiment" and "experiment" in tile:
        drawn = [figure["name"] for figure in tile["experiment"]["goals"][:1] + tile["experiment"]["guardrails"]]
        place = names.index("difference")
        return "intervals", sum(row[0] in drawn and row[place] is not None for row in tile["rows"])
    return "table", len(tile["rows"]) * len(names)


def expected_groups(tile):
    """The names of the groups that a chart shows side by side, worked out from the document alone."""
    names = [column["name"] for column in tile["columns"]]
    if tile["chart"] not in ("line", "bars") or names[:1] != ["period"]:
        return set()
    split = list(itertools.takewhile(lambda place: tile["columns"][place]["type"] == "string", range(1, len(names))))
    groups = {" · ".join(row[place] or "(none)" for place in split) for row in tile["rows"] if split and row[0]}
    return groups if len(groups) <= COLOURED_GROUPS_MAX and len(tile.get("series") or []) < 2 else set()


def verdict_words(tile):
    """What must stand in the page of an experiment's verdict: its words, or those after its kind."""
    words = tile["rows"][0][-1]
    if words.startswith("insufficient-data"):
        return "not enough data yet"
    return words.split(": ", 1)[-1] if words.split(":")[0] in KINDS_OF_VERDICTS else words


def check_tile(page, tile, where, verdicts):
    state = page.evaluate(TILE, tile["id"])
    verdicts.check(state is not None, where, "the tile is not in the page")
    if state is None:
        return
    verdicts.check(state["state"] == "drawn", where, f"its state is {state['state']}, not drawn")
    verdicts.check(state["width"] > 100 and state["height"] > 40, where, f"it is {state['width']:.0f} × {state['height']:.0f} pixels")
    verdicts.check(not state["broken"], where, f"broken geometry: {state['broken']}")
    kind, count = expected_marks(tile)
    if kind == "points":
        verdicts.check(int(state["points"]) >= count, where, f"it says {state['points']} points for {count} values")
        drawn = max(state["vertices"], state["bars"])
        # A figure with a single value has no sparkline to draw.
        verdicts.check(drawn >= count or (tile["chart"] == "number" and count < 2), where, f"{drawn} marks are drawn for {count} values")
        missing = expected_groups(tile) - set(state["legend"])
        verdicts.check(not missing, where, f"no line or column is called {sorted(missing)}, only {state['legend']}")
    elif kind == "cells":
        verdicts.check(int(state["cells"]) >= count, where, f"it says {state['cells']} cells for {count} rows with a rate")
        verdicts.check(state["rects"] >= count, where, f"{state['rects']} cells are drawn for {count} rows with a rate")
    elif kind == "intervals":
        verdicts.check(int(state["points"]) == count, where, f"it says {state['points']} intervals for {count} differences")
        verdicts.check(state["intervals"] == count, where, f"{state['intervals']} intervals are drawn for {count} differences")
        verdicts.check(verdict_words(tile).lower() in state["verdict"].lower(), where, f"its verdict reads “{state['verdict']}”")
    elif kind == "table":
        verdicts.check(state["tableCells"] >= count, where, f"{state['tableCells']} table cells for {count} values")


def check_tables(page, published, where, verdicts):
    """Turns every chart into its table, as a reader without eyes or mouse does, and back."""
    for tile in published["tiles"]:
        toggle = page.locator(f'[data-tile="{tile["id"]}"] button[aria-pressed]')
        if toggle.count() == 0:
            continue
        toggle.focus()
        page.keyboard.press("Enter")
        state = page.evaluate(TILE, tile["id"])
        verdicts.check(state["tableRows"] == len(tile["rows"]), f"{where} {tile['id']}", f"its table has {state['tableRows']} rows of {len(tile['rows'])}")
        check_fit(page, f"{where} {tile['id']} as a table", verdicts)
        page.keyboard.press("Enter")
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    check_fit(page, f"{where} with every note open", verdicts)


def check_fit(page, where, verdicts):
    content, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    verdicts.check(content <= window, where, f"the page is {content} pixels wide in a window of {window}")


def check_view(browser, url, published, width, scheme, out, verdicts):
    where = f"{published['name']} {width} {scheme}"
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    page.on("requestfailed", lambda request: complaints.append(f"request failed: {request.url}"))
    page.add_init_script(WATCH)
    if os.environ.get("MUSTER_TOKEN"):
        page.add_init_script(f"sessionStorage.setItem('muster.token', {json.dumps(os.environ['MUSTER_TOKEN'])});")
    page.goto(urllib.parse.urljoin(url, "/") + "#" + urllib.parse.quote(published["name"]))
    drawn = "(count) => document.querySelectorAll('[data-tile][data-state=drawn]').length >= count"
    try:
        page.wait_for_function(drawn, arg=len(published["tiles"]), timeout=DRAWN_MILLISECONDS_MAX)
    except Exception:
        pass  # check_tile names the tiles that are missing.
    for tile in published["tiles"]:
        check_tile(page, tile, f"{where} {tile['id']}", verdicts)
    check_fit(page, where, verdicts)
    small = page.evaluate(SMALL_TEXT, FONT_PIXELS_MIN)
    verdicts.check(not small, where, f"text under {FONT_PIXELS_MIN} px: {small[:5]}")
    for colours in page.evaluate(TITLE_COLOURS):
        ratio = contrast(colours["ink"], colours["ground"])
        verdicts.check(ratio >= CONTRAST_MIN, where, f"title “{colours['title']}” has contrast {ratio:.2f}")
    if out:
        page.screenshot(path=out / f"{published['name']}-{width}-{scheme}.png", full_page=True)
    check_tables(page, published, where, verdicts)
    violations = page.evaluate("window.violations")
    verdicts.check(not violations, where, f"content security policy: {violations[:5]}")
    verdicts.check(not complaints, where, "; ".join(complaints[:5]))
    context.close()


def main():
    parser = argparse.ArgumentParser(description="Checks the dashboard page in a browser.")
    parser.add_argument("url", help="where the server listens, e.g. http://127.0.0.1:8080/")
    parser.add_argument("--out", type=pathlib.Path, help="a folder for screenshots")
    arguments = parser.parse_args()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("browser.py: playwright is missing: python3 -m pip install playwright", file=sys.stderr)
        return 2
    try:
        listed = get(arguments.url, "/api/v1/dashboards")["dashboards"]
        documents = [get(arguments.url, f"/api/v1/dashboards/{urllib.parse.quote(entry['name'])}.json") for entry in listed]
    except (OSError, ValueError, KeyError) as error:
        print(f"browser.py: no documents at {arguments.url}: {error}", file=sys.stderr)
        return 2
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    verdicts = Verdicts()
    verdicts.check(bool(documents), arguments.url, "no dashboard is published")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("MUSTER_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"])
        for published in documents:
            for width in WIDTHS:
                for scheme in SCHEMES:
                    check_view(browser, arguments.url, published, width, scheme, arguments.out, verdicts)
        browser.close()
    print(f"{verdicts.passed} passed, {verdicts.failed} failed")
    return 1 if verdicts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
