/** A message that reached the client only in part. */
import { expect, test } from 'vitest';
import { inGroup } from './scene.ts';

test('comes whole after the re-join, once [PFT-154, PFT-056]', async () => {
  const { world, phone, focus } = await inGroup();
  const got: number[] = [];
  const msrp = (_way: string, { to }: { to: string }, bytes: Uint8Array): void => {
    if (to === phone.host) got.push(bytes.length);
  };
  world.network.watchers.push({ sip: () => {}, msrp });
  focus.say('x'.repeat(3_000_000));
  for (let count = 0; count < 1000 && got.length < 10; count++) await world.run(1);
  phone.restart();
  await world.run(1000);
  expect(phone.talk.got).toEqual([]);
  expect(got.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(10_000);
  phone.rejoin(focus.identity, 'c1');
  await world.run(1000);
  expect(phone.talk.ids).toEqual(['m1']);
  expect(phone.talk.texts[0]).toHaveLength(3_000_000);
});
