import { expect, test } from 'vitest';
import { Gate } from '../../../edge/runtime/gate.ts';

const never = (): Promise<void> => new Promise(() => undefined);

test('who comes before what an earlier run has left is handled waits for it [design 7]', async () => {
  const gate = new Gate(never);
  const order: string[] = [];
  const passing = gate.pass().then(() => order.push('passed'));
  await Promise.resolve();
  order.push('opened');
  gate.open();
  await passing;
  await gate.pass();
  expect(order).toEqual(['opened', 'passed']);
});

test('who waits too long is told so [design 6.8]', async () => {
  const gate = new Gate(() => Promise.resolve());
  await expect(gate.pass()).rejects.toThrow('still being handled');
});
