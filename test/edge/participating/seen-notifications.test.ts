import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../../edge/bytes/text.ts';
import { seenNotificationsMax } from '../../../edge/participating/limit.ts';
import {
  notificationKey,
  SeenNotifications,
} from '../../../edge/participating/seen-notifications.ts';

describe('notifications that have gone on', () => {
  it('are known until too many others have, the oldest for the shortest time', () => {
    const seen = new SeenNotifications();
    for (let index = 0; index <= seenNotificationsMax; index++) seen.add(`n${index}`);
    expect(seen.has('n0')).toBe(false);
    expect(seen.has('n1')).toBe(true);
    expect(seen.has(`n${seenNotificationsMax}`)).toBe(true);
  });

  it('that can not be read are not told apart', () => {
    const cpim = (content: string) =>
      utf8Encode(`From: <sip:b@x>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n${content}`);
    expect(notificationKey('sip:bob@x', cpim('<imdn>'))).toBeUndefined();
    expect(notificationKey('sip:bob@x', utf8Encode('no message'))).toBeUndefined();
  });
});
