import { describe, expect, it } from 'vitest';
import { FocusLink } from '../../../edge/participating/focus-link.ts';
import { header } from '../../../edge/sip/header.ts';
import { DeskWorld } from './desk-world.ts';
import { Ended, LegWorld, mediaIn, types } from './leg-world.ts';

function link(world: DeskWorld, user: string, told: string[] = []): FocusLink {
  return new FocusLink(
    world.desk,
    'sip:g@10.0.0.2',
    { user, contributionId: 'hike', types, headers: [] },
    {
      up: () => told.push('up'),
      down: () => told.push('down'),
      message: () => told.push('message'),
      answered: () => told.push('answered'),
      ended: () => told.push('ended'),
      recovered: () => told.push('recovered'),
    },
  );
}

describe('the leg to the focus', () => {
  it('is called in the name of a user who is known by a number', () => {
    const world = new DeskWorld();
    const leg = link(world, 'tel:+493012345');
    const body = (sdp: Uint8Array) => ({ headers: [], body: sdp });
    const outcome = { progress: () => {}, answered: () => {}, refused: () => {} };
    world.do((nowMs) => leg.invite(nowMs, { uri: 'sip:g@10.0.0.2', body }, outcome));
    const [invite] = world.peer.requests('INVITE');
    expect(header(invite as never, 'From')).toContain('tel:+493012345');
    expect(header(invite as never, 'Contact')).toContain('<sip:user@');
  });

  it('of a dialog that is gone before it could be accepted is not told of', () => {
    const world = new DeskWorld();
    const told: string[] = [];
    const leg = link(world, 'sip:bob@rejoin.test', told);
    const media = mediaIn(new Ended(new LegWorld().theirs).leg.offer('sendrecv', types));
    world.do((nowMs) => leg.accept(nowMs, { dialog: 'none', media }, () => told.push('kept')));
    expect(told).toEqual([]);
  });
});
