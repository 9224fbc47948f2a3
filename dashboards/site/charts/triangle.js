// A retention answer as a grid: a row a cohort, a column a period, the pooled line apart.

/**
 * `{ cohorts, pooled, periodMax }`. A cohort is `{ day, size, sizeWithheld, cells }`; a cell `{ period, rate, low, high, returned, size, complete, withheld }`,
 * absent (undefined) where there is nothing to draw: the future, and periods without a rate.
 */
export function triangleOf(answer) {
  const cohorts = new Map();
  let periodMax = 0;
  answer.rows.forEach((_, row) => {
    const day = answer.value(row, "cohort");
    const withheld = ["rate", "returned"].some((name) => answer.isWithheld(row, name));
    const cell = { complete: answer.isComplete(row), withheld };
    for (const name of ["period", "rate", "low", "high", "returned", "size"]) cell[name] = answer.value(row, name);
    if (!cohorts.has(day)) cohorts.set(day, { day, size: cell.size, sizeWithheld: answer.isWithheld(row, "size"), cells: [] });
    periodMax = Math.max(periodMax, cell.period);
    if (cell.rate !== null || withheld) cohorts.get(day).cells[cell.period] = cell;
  });
  const pooled = cohorts.get(null) ?? null;
  cohorts.delete(null);
  const byDay = [...cohorts.values()].sort((left, right) => (left.day < right.day ? -1 : 1));
  return { cohorts: byDay, pooled, periodMax };
}
