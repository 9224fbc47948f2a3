// What an experiment has shown: the verdict first, then why.

import { element } from "../dom.js";
import * as format from "../format.js";
import { figureOr, figureTitle, finding, pText, writersOf } from "./effects.js";
import { drawForest, roleOf } from "./forest.js";
import { withheldKey } from "./legend.js";
import { drawTable } from "./table.js";
import { trialOf } from "./trial.js";

export function drawExperiment(host, answer) {
  const trial = trialOf(answer);
  if (!trial) return drawTable(host, answer);
  const { experiment, verdict, goals, guardrails } = trial;
  host.append(headline(trial));
  const isAlarm = verdict.tone === "alarm";
  const facts = trial.promised.length > 0 || trial.delivered.length > 0 ? factsOf(answer, trial) : "";
  if (isAlarm) host.append(facts, element("p", { class: "caution" }, "What follows helps to find the fault. It does not say what the arms do."));
  const around = { experiment, shipped: verdict.arm, isMuted: isAlarm };
  let points = 0;
  if (goals.length > 0) {
    host.append(subtitle("Goal", figureTitle(goals[0].name)));
    points += drawForest(host, answer, goals[0], around);
  }
  for (const guardrail of guardrails) {
    host.append(subtitle("Guardrail", figureTitle(guardrail.name), marginText(guardrail)));
    points += drawForest(host, answer, guardrail, around);
  }
  if (goals.length > 1) host.append(subtitle(goals.length > 2 ? "Other goals" : "Other goal", ""), otherGoals(answer, goals.slice(1), experiment));
  if (!isAlarm) host.append(facts);
  if (answer.hasWithheld) host.append(element("ul", { class: "legend" }, withheldKey(answer)));
  return { points };
}

const subtitle = (kind, name, more) => element("h3", { class: "trial-title" }, element("span", { class: "quiet" }, kind), name && ` ${name}`, more && element("span", { class: "quiet" }, `, ${more}`));

function marginText({ isShare, margin, harm }) {
  const most = isShare ? `${format.decimal(margin * 100)} points` : format.decimal(margin);
  return `which may ${harm === "increase" ? "rise" : "fall"} by at most ${most}`;
}

/** The verdict in large type, and the sentences that carry it. */
function headline({ verdict, goals, guardrails, experiment }) {
  const reasons = [verdict.rest, ...shippedReasons(verdict, goals[0], guardrails, experiment), ...harms(verdict, guardrails)].filter(Boolean);
  const rests = verdict.withheld || verdict.units === null || verdict.units === 0 ? "" : `Rests on ${format.integer(verdict.units)} ${experiment.units}.`;
  return element("div", { class: `verdict verdict-${verdict.tone}` },
    element("p", { class: "verdict-head" }, verdict.head),
    (reasons.length > 0 || rests) && element("p", { class: "verdict-why" }, reasons.join(" "), rests && element("span", { class: "quiet" }, ` ${rests}`)));
}

function shippedReasons({ arm }, goal, guardrails, { control }) {
  const [own, base] = [goal?.rows.find((row) => row.arm === arm), goal?.rows.find((row) => row.isControl)];
  if (!own || !base || own.difference === null || base.value === null) return [];
  const write = writersOf(goal);
  const reasons = [`${figureTitle(goal.name)}: ${write.value(own.value)} against ${write.value(base.value)} of the control ${control}, ${write.difference(own.difference)} (${write.spread(own.diff_low, own.diff_high)}).`];
  // The winner's curse: the largest of several differences is larger than the truth behind it.
  if (goal.rows.filter((row) => row.difference !== null && !row.isHoldout).length > 1) reasons[0] = reasons[0].replace(/\.$/, ", somewhat optimistic since it is the largest.");
  if (guardrails.length > 0) reasons.push(guardrails.length === 1 ? "Its guardrail is inside the margin." : "Its guardrails are inside their margins.");
  return reasons;
}

/** Harm is said whatever else is decided. */
function harms({ tone }, guardrails) {
  if (tone === "harm" || tone === "alarm") return [];
  return guardrails.flatMap(({ name, rows }) => rows.filter(({ words }) => words?.startsWith("harmed")).map(({ arm, words }) => `Guardrail ${figureTitle(name).toLowerCase()}: ${arm} harms it${words.replace("harmed", "")}.`));
}

/** Whether the arms hold what was promised to them, and how much of it was sent. */
function factsOf(answer, { promised, delivered, verdict }) {
  const list = (rows, text) => element("ul", { class: "by-arm" }, rows.map((row) => element("li", {}, element("b", {}, row.arm), " ", text(row))));
  const share = (row) => figureOr(answer, row, row.value, format.exactPercent);
  const apart = format.signed(1);
  const promise = (row) => [figureOr(answer, row, row.units, format.integer), " units, ", share(row),
    verdict.tone === "alarm" && row.difference !== null && `, ${apart(row.difference * 100)} points from what was promised`].filter(Boolean);
  const [first] = promised;
  const entries = [];
  if (first) {
    const state = { alarm: "Not as promised", "as promised": "As promised" }[first.words] ?? "Not tested";
    entries.push(element("dt", {}, "Sample ratio"), element("dd", { class: first.words === "alarm" ? "alarm" : null }, `${state}${first.p === null ? "" : `, ${pText(first.p)}`}`, list(promised, promise)));
  }
  if (delivered.length > 0) entries.push(element("dt", {}, "Delivered"), element("dd", {}, list(delivered, share)));
  return element("dl", { class: "trial-facts" }, entries);
}

function otherGoals(answer, goals, { control }) {
  const heads = ["Goal", "Arm", "Value", `Difference from ${control}`, "Finding"];
  const rows = goals.flatMap((goal) => {
    const write = writersOf(goal);
    return goal.rows.map((row, index) => element("tr", {},
      element("th", { scope: "row" }, index === 0 ? figureTitle(goal.name) : element("span", { class: "sr" }, figureTitle(goal.name))),
      element("td", {}, row.arm, roleOf(row)),
      element("td", {}, figureOr(answer, row, row.value, write.value), row.low !== null && element("span", { class: "quiet" }, ` ${write.range(row.low, row.high)}`)),
      element("td", {}, row.isControl ? "" : figureOr(answer, row, row.difference, write.difference), row.diff_low !== null && element("span", { class: "quiet" }, ` ${write.spread(row.diff_low, row.diff_high)}`)),
      element("td", {}, finding(row), row.p !== null && element("span", { class: "quiet" }, ` ${pText(row.p_adjusted ?? row.p)}`))));
  });
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${answer.tile.title}, other goals` },
    element("table", { class: "other-goals" }, element("thead", {}, element("tr", {}, heads.map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, rows)));
}
