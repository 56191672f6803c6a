/**
 * Times as RFC 3339 and xs:dateTime write them, to and from milliseconds since 1970. The pure layers have no clock and no
 * calendar, so the calendar is computed here (proleptic Gregorian, years 0 to 9999).
 */
const msPerDay = 86_400_000;
const pattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)?$/;

/** A time in UTC with milliseconds, such as `2013-01-16T10:00:00.000Z`. */
export function formatDateTime(ms: number): string {
  const days = Math.floor(ms / msPerDay);
  const rest = Math.floor(ms - days * msPerDay);
  const { year, month, day } = civilFromDays(days);
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const [hour, minute] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60];
  const second = `${pad(Math.floor(rest / 1000) % 60, 2)}.${pad(rest % 1000, 3)}`;
  return `${date}T${pad(hour, 2)}:${pad(minute, 2)}:${second}Z`;
}

/** Milliseconds of a time; one without an offset counts as UTC (xs:dateTime allows that). Undefined if it's none. */
export function parseDateTime(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const isInRange = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  // RFC 3339 5.6: 60 is a leap second.
  if (!isInRange || hour > 23 || minute > 59 || second > 60) return undefined;
  const fraction = Math.floor(Number((match[7] ?? '').padEnd(9, '0')) / 1_000_000);
  const time = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  return daysFromCivil(year, month, day) * msPerDay + time - offsetMs(match[8] ?? 'Z');
}

type Six = [number, number, number, number, number, number];

function offsetMs(text: string): number {
  if (text.length === 1) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4));
  return (text[0] === '-' ? -minutes : minutes) * 60_000;
}

function daysIn(year: number, month: number): number {
  const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
  return next - daysFromCivil(year, month, 1);
}

/** Days since 1970-01-01. Years are counted from March, so that a leap day is the last day of its year. */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const monthFromMarch = (month + 9) % 12;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  // A first guess of the year is at most one off, since the mean year has 365.2425 days.
  let year = Math.floor(days / 365.2425) + 1970;
  if (daysFromCivil(year, 1, 1) > days) year--;
  if (daysFromCivil(year + 1, 1, 1) <= days) year++;
  let month = 12;
  while (daysFromCivil(year, month, 1) > days) month--;
  return { year, month, day: days - daysFromCivil(year, month, 1) + 1 };
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
