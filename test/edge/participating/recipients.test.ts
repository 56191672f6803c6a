/** Whom a kept message was for, in its CPIM To. */
import { describe, expect, test } from 'vitest';
import { withRecipients } from '../../../edge/participating/recipients.ts';
import { chat } from '../../kit/virtual/message.ts';
import { away, inGroup } from './flow/scene.ts';

const roster = ['sip:alice@rejoin.test', 'sip:bob@rejoin.test', 'sip:carol@rejoin.test'];

function kept(text: string, contentType = 'message/cpim'): string {
  const body = new TextEncoder().encode(text);
  return new TextDecoder().decode(withRecipients({ contentType, body }, roster));
}

function to(...uris: readonly string[]): string {
  const lines = uris.map((uri) => `To: <${uri}>\r\n`).join('');
  return `From: <sip:alice@rejoin.test>\r\n${lines}DateTime: 2026-01-05T09:00:00Z\r\n\r\nContent-Type: text/plain\r\n\r\nhi`;
}

describe('a message that is kept', () => {
  test('is for all members but its author, and otherwise as it was [PFT-098, PFT-106]', () => {
    expect(kept(to('sip:group@cf.test'))).toBe(to('sip:bob@rejoin.test', 'sip:carol@rejoin.test'));
  });

  test.for([
    ['a private message', to('sip:carol@rejoin.test'), 'message/cpim'],
    [
      'a notification',
      chat({
        from: 'sip:a@b',
        to: 'sip:g@cf.test',
        id: '1',
        text: '<imdn/>',
        type: 'message/imdn+xml',
      }),
      'message/cpim',
    ],
    ['what is no CPIM', 'hi', 'text/plain'],
    ['what is damaged', 'hi', 'message/cpim'],
  ] as const)('%s stays as it was', ([, text, type]) => {
    expect(kept(text, type)).toBe(text);
  });

  test('without an author is for all, and without members for whom it says', () => {
    const text = 'To: <sip:g@cf.test>\r\n\r\nContent-Type: text/plain\r\n\r\nhi';
    expect(kept(text).match(/^To:/gm)).toHaveLength(3);
    const body = new TextEncoder().encode(text);
    expect(withRecipients({ contentType: 'message/cpim', body }, [])).toBe(body);
  });
});

describe('the setting', () => {
  test('changes what is kept and not what is passed on [PFT-098]', async () => {
    const { world, phone, focus } = await inGroup({ isCpimToRewritten: true });
    focus.say('live');
    await world.run(100);
    phone.restart();
    await world.run(100);
    focus.say('kept');
    await world.run(100);
    phone.register();
    await world.run(1000);
    const [live, stored] = phone.talk.got.map(({ text }) => /^To: <(.*)>/m.exec(text)?.[1]);
    expect(live).toBe(focus.identity);
    expect(stored).toBe('sip:bob@rejoin.test');
  });

  test('is off at first [PFT-098]', async () => {
    const { world, phone, focus } = await away();
    focus.say('kept');
    await world.run(100);
    phone.register();
    await world.run(1000);
    expect(phone.talk.got[0]?.text).toContain(`To: <${focus.identity}>`);
  });
});
