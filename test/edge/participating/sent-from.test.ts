/** Which device of a user has sent a message. */
import { expect, test } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { sentFromMax } from '../../../edge/participating/limit.ts';
import { SentFrom } from '../../../edge/participating/sent-from.ts';
import { chat } from '../../kit/virtual/message.ts';

const alice = 'sip:alice@rejoin.test';
const bob = 'sip:bob@rejoin.test';
const message = (id: string): Uint8Array =>
  utf8Encode(chat({ from: alice, to: bob, id, text: 'x' }));

test('the device that has sent a message is known by its user and imdn.Message-ID [PFO-003]', () => {
  const sent = new SentFrom();
  sent.remember(alice, message('m1'), '<urn:uuid:1>');
  sent.remember(alice, message('m2'), undefined);
  sent.remember(alice, utf8Encode('no CPIM'), '<urn:uuid:1>');
  expect(sent.deviceOf(alice, 'm1')).toBe('<urn:uuid:1>');
  expect(sent.deviceOf(bob, 'm1')).toBeUndefined();
  expect(sent.deviceOf(alice, 'm2')).toBeUndefined();
});

test('the devices of the newest messages are remembered [design 6.8]', () => {
  const sent = new SentFrom();
  for (let count = 0; count <= sentFromMax; count++) {
    sent.remember(alice, message(`m${count}`), '<urn:uuid:1>');
  }
  expect(sent.deviceOf(alice, 'm0')).toBeUndefined();
  expect(sent.deviceOf(alice, 'm1')).toBe('<urn:uuid:1>');
});
