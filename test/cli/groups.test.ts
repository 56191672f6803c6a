import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  bob,
  groupState,
  keepGroup,
  keepMessages,
  keepParticipation,
  participation,
} from '../edge/runtime/kept.ts';
import { type Running, run, startProcess } from './tool.ts';

let running: Running;
beforeEach(async () => {
  running = await startProcess();
});
afterEach(() => running.http.close());

test('groups shows members, their state and what waits', async () => {
  const { store, url } = running;
  const members = ['sip:alice@rejoin.test', 'sip:bob@rejoin.test'];
  const steering = 'Lunch \u001b[2J';
  await keepGroup(store, groupState('c1', members, { subject: steering }));
  await keepParticipation(store, participation(bob(), { phase: 'buffering' }));
  await keepMessages(store, bob(), { first: 1, count: 3 });
  const { code, out } = await run(['groups', '--url', url]);
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toBe('sip:c1@rejoin.test “Lunch \ufffd[2J”');
  expect(lines[1]).toMatch(
    /^ {2}active, own focus, 3 waiting, changed .* ago, Contribution-ID c1$/,
  );
  expect(lines.slice(2)).toEqual([
    '  member                 state      waiting',
    '  sip:alice@rejoin.test  –                0',
    '  sip:bob@rejoin.test    buffering        3',
  ]);
});

test('groups follows the pages up to its limit', async () => {
  const two = ['sip:alice@rejoin.test', 'sip:bob@rejoin.test'];
  for (let index = 0; index < 130; index++) {
    await keepGroup(running.store, groupState(`c${index}`, two));
  }
  const shown = async (limit: string) => {
    const { out } = await run(['groups', '--limit', limit, '--json', '--url', running.url]);
    return JSON.parse(out) as { groups: { identity: string }[]; isMore: boolean };
  };
  const all = await shown('1000');
  expect(new Set(all.groups.map(({ identity }) => identity)).size).toBe(130);
  expect(all.isMore).toBe(false);
  const some = await shown('120');
  expect(some.groups).toHaveLength(120);
  expect(some.isMore).toBe(true);
});
