import { expect, it } from 'vitest';
import { FocusGate } from '../../../edge/participating/focus-gate.ts';

const rows: readonly (readonly [isFull: boolean, hasRoom: boolean, told: string | undefined])[] = [
  [false, true, undefined],
  [false, false, undefined],
  [true, false, 'pause'],
  [true, false, undefined],
  [false, false, undefined],
  [true, true, undefined],
  [false, true, 'resume'],
  [false, true, undefined],
  [true, true, 'pause'],
];

it('the focus is not read from when as much waits as may until there is room again, each told once [design 5.3]', () => {
  const told: string[] = [];
  const gate = new FocusGate({
    pauseFocus: () => told.push('pause'),
    resumeFocus: () => told.push('resume'),
  });
  for (const [isFull, hasRoom, expected] of rows) {
    told.length = 0;
    gate.turn(isFull, hasRoom);
    expect(told).toEqual(expected === undefined ? [] : [expected]);
  }
});
