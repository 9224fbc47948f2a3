// The answer of an experiment, taken apart: the verdict, what was promised and sent, and each figure by arm.

import { insufficient, shortfalls } from "./effects.js";

/** Heads of a verdict that stand before a colon, as a person would say them; the others are sentences already. */
const heads = [
  [/^no verdict: /, "No verdict", "alarm"],
  [/^stopped: /, "Stopped", "harm"],
  [/^keep running: /, "Keep running", "open"],
];

/**
 * `{ experiment, verdict, promised, delivered, goals, guardrails }`, null when the tile does not say what experiment it is of.
 *
 * `verdict` is `{ head, rest, tone, arm, units }`; `tone` is ship, open, harm, alarm or unknown, `arm` the one to ship.
 * `promised` and `delivered` are rows; a goal is `{ name, isShare, rows }`, a guardrail also has `harm` and `margin`.
 * A row is `{ arm, isControl, isHoldout, withheld, words }` and the numbers of its columns, null where there are none.
 */
export function trialOf(answer) {
  const { experiment } = answer.tile;
  if (!experiment) return null;
  const outcomes = groupsOf(answer, experiment);
  const take = (name) => (outcomes[0]?.name === name ? outcomes.shift().rows : []);
  const [first] = take("verdict");
  const [promised, delivered] = [take("sample-ratio"), take("delivered")];
  const described = (list) => list.flatMap((figure) => {
    const group = outcomes.find(({ name }) => name === figure.name);
    return group ? [{ ...figure, isShare: figure.is_share, rows: group.rows.filter(saysSomething) }] : [];
  });
  return { experiment, verdict: verdictOf(first), promised, delivered, goals: described(experiment.goals), guardrails: described(experiment.guardrails) };
}

/** Who gets no push opens none: a holdout without a figure is no row. */
const saysSomething = (row) => !row.isHoldout || row.withheld || [row.value, row.difference, row.words].some((value) => value !== null);

/** Neighbouring rows of one metric, each arm once. */
function groupsOf(answer, experiment) {
  const groups = [];
  answer.rows.forEach((_, index) => {
    const row = rowOf(answer, index, experiment);
    const group = groups[groups.length - 1];
    if (group?.name === row.metric && !group.rows.some(({ arm }) => arm === row.arm)) group.rows.push(row);
    else groups.push({ name: row.metric, rows: [row] });
  });
  return groups;
}

function rowOf(answer, index, { control, holdout }) {
  const row = { withheld: answer.isWithheld(index, "units") };
  for (const { name } of answer.columns) row[name] = answer.value(index, name);
  row.words = row.verdict;
  row.isControl = row.arm === control;
  row.isHoldout = row.arm !== null && row.arm === holdout;
  return row;
}

function verdictOf(row) {
  const text = row?.words ?? "";
  const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
  const { units = null, withheld = false } = row ?? {};
  if (text.startsWith(insufficient)) {
    const rest = `${capital(shortfalls(text.slice(insufficient.length)))}.`;
    return { head: "Not enough data yet", rest, tone: "unknown", arm: null, units, withheld };
  }
  for (const [pattern, head, tone] of heads) {
    if (pattern.test(text)) return { head, rest: `${capital(text.replace(pattern, ""))}.`, tone, arm: null, units, withheld };
  }
  if (text === "no units are planned yet") return { head: capital(text), rest: "", tone: "unknown", arm: null, units, withheld };
  const shipped = /^ship (.+)$/.exec(text);
  if (shipped) return { head: capital(text), rest: "", tone: "ship", arm: shipped[1], units, withheld };
  const kept = /^(keep .+): (every other arm is worse)$/.exec(text);
  if (kept) return { head: capital(kept[1]), rest: `${capital(kept[2])}.`, tone: "ship", arm: null, units, withheld };
  return { head: capital(text), rest: "", tone: "open", arm: null, units, withheld };
}
