/** Text for terminals: columns, ages and what came from others without its control characters. */
import { durationText } from '../edge/runtime/status-page.ts';

export type Column = {
  readonly title: string;
  readonly isNumber?: boolean;
};

/** Rows under their titles, each column as wide as its widest cell. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows].map((row) => row.map(plain));
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines.map((line) => lineOf(line, columns, widths)).join('\n');
}

function lineOf(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
): string {
  const padded = cells.map((cell, at) => {
    const width = widths[at] ?? 0;
    return columns[at]?.isNumber === true ? cell.padStart(width) : cell.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}

/** How long ago a time was; a dash for none. */
export function age(time: string | null, nowMs: number): string {
  return time === null ? '–' : durationText(nowMs - Date.parse(time));
}

/** A number with its word in the right form. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Text of others must not steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
