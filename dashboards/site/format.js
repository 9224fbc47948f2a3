// Numbers and days in the reader's locale. A community day is a date without a zone: it is read and written as UTC.

const locale = (() => {
  try {
    return Intl.getCanonicalLocales([...navigator.languages]);
  } catch {
    return undefined;
  }
})();

const number = (options) => {
  const format = new Intl.NumberFormat(locale, options);
  return (value) => format.format(value);
};
const day = (options) => {
  const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  return (date) => format.format(date);
};

export const integer = number({ maximumFractionDigits: 0 });
export const decimal = number({ maximumSignificantDigits: 4 });
export const percent = number({ style: "percent", maximumFractionDigits: 1 });
export const wholePercent = number({ style: "percent", maximumFractionDigits: 0 });
export const exactPercent = number({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const oneDecimal = number({ maximumFractionDigits: 1 });
/** Writers with so many digits behind the point, plain and with a sign. */
export const fixed = (digits) => number({ minimumFractionDigits: digits, maximumFractionDigits: digits });
export const signed = (digits) => number({ minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "exceptZero" });
/** 12,300 as 12.3K, or 1.2万 where that is how people count. */
export const compact = number({ notation: "compact", maximumFractionDigits: 1 });

export const fullDay = day({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
export const plainDay = day({ day: "numeric", month: "short", year: "numeric" });
export const shortDay = day({ day: "numeric", month: "short" });
export const fullMonth = day({ month: "long", year: "numeric" });
export const shortMonth = day({ month: "short" });
export const monthAndYear = day({ month: "short", year: "numeric" });
export const year = day({ year: "numeric" });

/** "2026-08-01" as the UTC midnight that stands for that community day. */
export const parseDay = (text) => new Date(`${text}T00:00:00Z`);

/** A period by its first day: "Mon, Aug 3, 2026", "Week of Aug 3, 2026", "August 2026". */
export function periodName(date, granularity) {
  if (granularity === "week") return `Week of ${plainDay(date)}`;
  return granularity === "month" ? fullMonth(date) : fullDay(date);
}

/** An instant as the clock on the wall in `timeZone`; in UTC, said so, where the browser does not know the zone. */
export function instant(date, timeZone, options = { dateStyle: "medium", timeStyle: "short" }) {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(date);
  } catch {
    return `${new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(date)} UTC`;
  }
}

/** "active_members" as "Active members". */
export function columnTitle(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** 5400 as "1 h 30 min": the two largest units, the smaller left out when it is zero. */
export function duration(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return `${decimal(seconds)} s`;
  const [size, unit] = units[first];
  const whole = `${integer(Math.floor(seconds / size))} ${unit}`;
  const [smaller, smallerUnit] = units[first + 1] ?? [size, unit];
  const rest = Math.floor((seconds % size) / smaller);
  return rest > 0 ? `${whole} ${rest} ${smallerUnit}` : whole;
}
