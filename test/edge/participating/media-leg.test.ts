import { describe, expect, it } from 'vitest';
import { queueMessagesMax } from '../../../edge/msrp/limit.ts';
import { Ended, LegWorld, mediaIn, outbound, types } from './leg-world.ts';

function effectsOf(world: LegWorld, kind: 'pause' | 'resume'): number {
  world.settle();
  return world.msrp.a.effects.filter((effect) => effect.kind === kind).length;
}

describe('the media of a dialog', () => {
  it('are offered with a path of their own, for either side to connect [RFC 4975 8, RFC 6135 4]', () => {
    const world = new LegWorld();
    const { leg } = new Ended(world.ours);
    const offer = mediaIn(leg.offer('sendonly', types));
    expect(offer).toMatchObject({ setup: 'actpass', direction: 'sendonly', ...types });
    expect(offer.path).toHaveLength(1);
    expect(offer.maxSize).toBe(world.ours.options.messageBytesMax);
    expect(leg.remote).toBeUndefined();
    expect(leg.isUp).toBe(false);
    const other = mediaIn(new Ended(world.ours).leg.offer('sendonly', types));
    expect(other.path).not.toEqual(offer.path);
  });

  it('that nobody has agreed on can be let go of', () => {
    const { leg } = new Ended(new LegWorld().ours);
    leg.detach();
    expect(leg.isUp).toBe(false);
  });

  it('are up on both sides when the answer has come, and the answerer connects', () => {
    const { our, their } = new LegWorld().pair();
    expect([our.told, their.told]).toEqual([['up'], ['up']]);
    expect([our.leg.isUp, their.leg.isUp]).toEqual([true, true]);
    expect(our.leg.remote?.setup).toBe('active');
    expect(their.leg.remote?.setup).toBe('actpass');
  });

  it('are answered in the other direction [RFC 3264 6.1]', () => {
    const world = new LegWorld();
    const offer = mediaIn(new Ended(world.ours).leg.offer('sendonly', types));
    const answer = mediaIn(new Ended(world.theirs).leg.answer(0, offer, types));
    expect(answer.direction).toBe('recvonly');
  });

  it('leave no line of the offer without one, now and in what is offered later [RFC 3264 6, 8]', () => {
    const world = new LegWorld();
    const { our, their } = world.pair();
    const offer = our.leg.remote;
    if (offer === undefined) throw new Error('no offer');
    const beside = {
      mediaBefore: ['audio 4000 RTP/AVP 0 8'],
      mediaAfter: ['video 4002 RTP/AVP 96'],
    };
    const takenOut = { mediaBefore: ['audio 0 RTP/AVP 0 8'], mediaAfter: ['video 0 RTP/AVP 96'] };
    expect(mediaIn(our.leg.answer(0, { ...offer, ...beside }, types))).toMatchObject(takenOut);
    expect(mediaIn(our.leg.reoffer(types))).toMatchObject(takenOut);
    expect(mediaIn(their.leg.reoffer(types))).toMatchObject({ mediaBefore: [], mediaAfter: [] });
  });

  it('are described with a version that rises [RFC 3264 8]', () => {
    const world = new LegWorld();
    const { leg } = new Ended(world.ours);
    const origins = [1, 2].map(() => {
      const sdp = new TextDecoder().decode(leg.offer('sendrecv', types));
      return /^o=\S+ (\d+) (\d+)/m.exec(sdp)?.slice(1).map(Number) ?? [];
    });
    expect(origins[1]?.[0]).toBe(origins[0]?.[0]);
    expect(origins[1]?.[1]).toBe((origins[0]?.[1] ?? 0) + 1);
  });

  it('keep their session when the peer offers the same path again [RFC 3264 8]', () => {
    const world = new LegWorld();
    const { our, their } = world.pair();
    const offer = their.leg.remote;
    if (offer === undefined) throw new Error('no offer');
    const path = our.leg.remote?.path;
    const answer = mediaIn(their.leg.answer(0, { ...offer, direction: 'inactive' }, types));
    world.settle();
    expect(answer.path).toEqual(path);
    expect(answer.direction).toBe('inactive');
    expect(their.told).toEqual(['up']);
  });

  it('begin anew when the peer offers another path, and the old session is closed', () => {
    const world = new LegWorld();
    const { our, their } = world.pair();
    const other = new Ended(world.theirs);
    const offer = mediaIn(other.leg.offer('sendrecv', types));
    const answer = mediaIn(our.leg.answer(0, { ...offer, setup: 'active' }, types));
    expect(our.leg.isUp).toBe(false);
    other.leg.complete(0, answer);
    world.settle();
    expect(our.told).toEqual(['up', 'up']);
    expect(other.told).toEqual(['up']);
    expect(their.told).toEqual(['up']);
    world.fire('close/');
    their.leg.send(0, outbound(1));
    world.settle();
    expect(their.told).toEqual(['up', 'down refused']);
    expect(our.told).toEqual(['up', 'up']);
  });

  it('that do not come about in time are lost [002 8.3.2.9]', () => {
    const world = new LegWorld();
    world.msrp.isListening = false;
    const our = new Ended(world.ours);
    const their = new Ended(world.theirs);
    world.connect(our, their);
    expect([...world.timers.values()]).toEqual([world.ours.options.mediaTimeoutMs]);
    world.fire('media/');
    expect(our.told).toEqual(['down connect-failed']);
    expect(our.leg.isUp).toBe(false);
  });

  it('are not waited for any more when they are up', () => {
    const world = new LegWorld();
    world.pair();
    expect(world.timers.size).toBe(0);
  });

  it('that are up stay up when they are agreed on once more', () => {
    const world = new LegWorld();
    const { our } = world.pair();
    const { remote } = our.leg;
    if (remote === undefined) throw new Error('no answer');
    our.leg.complete(0, remote);
    world.settle();
    if (world.timers.size > 0) world.fire('media/');
    expect(our.leg.isUp).toBe(true);
    expect(our.told).not.toContain('down connect-failed');
  });

  /** A leg whose peer has come and gone before its answer is here. */
  function lostEarly(world: LegWorld) {
    const our = new Ended(world.ours);
    const their = new Ended(world.theirs);
    const offer = mediaIn(our.leg.offer('sendrecv', types));
    const answer = mediaIn(their.leg.answer(0, offer, types));
    const session = /[^/;]+(?=;)/.exec(offer.path[0] ?? '')?.[0] ?? '';
    world.ours.sessionOwner(session)?.(0, {
      kind: 'lost',
      session,
      loss: 'closed',
      references: [],
    });
    return { our, answer };
  }

  it('that were lost before their answer came are lost for the owner when it has come [002 8.3.2.9]', () => {
    const world = new LegWorld();
    const { our, answer } = lostEarly(world);
    expect(our.told).toEqual(['down closed']);
    our.leg.complete(0, answer);
    world.fire('lost/');
    expect(our.told).toEqual(['down closed', 'down closed']);
  });

  it('that were lost before their answer came are lost for nobody who has closed them since', () => {
    const world = new LegWorld();
    const { our, answer } = lostEarly(world);
    our.leg.complete(0, answer);
    our.leg.close(0);
    world.fire('lost/');
    expect(our.told).toEqual(['down closed']);
  });

  it('are not started when they are closed already', () => {
    const world = new LegWorld();
    const our = new Ended(world.ours);
    our.leg.offer('sendrecv', types);
    our.leg.close(0);
    const { remote } = world.pair().our.leg;
    if (remote === undefined) throw new Error('no answer');
    our.leg.complete(0, remote);
    expect(world.timers.size).toBe(0);
    expect(our.told).toEqual([]);
  });
});

describe('the types that a peer takes', () => {
  it('are those of its description, and none before there is one', () => {
    const world = new LegWorld();
    const { our } = world.pair();
    expect(our.leg.takes('message/cpim')).toBe(true);
    expect(our.leg.takes('video/mp4')).toBe(false);
    expect(new Ended(world.ours).leg.takes('message/cpim')).toBe(false);
  });
});

describe('over a leg', () => {
  it('messages pass, and their answers come back with their references', () => {
    const world = new LegWorld();
    const { our, their } = world.pair();
    expect(our.leg.send(0, outbound(7))).toBe(true);
    expect(our.leg.send(0, outbound(8))).toBe(true);
    world.settle();
    expect(their.told).toEqual(['up', 'message message-7', 'message message-8']);
    const [first, second] = their.messages;
    world.theirs.msrp.answer(0, second?.inbound ?? 0, 413);
    world.theirs.msrp.answer(0, first?.inbound ?? 0, 200);
    world.settle();
    expect(our.told).toEqual(['up', 'answered 8 413', 'answered 7 200']);
  });

  it('reports pass [RFC 4975 7.1.2]', () => {
    const world = new LegWorld();
    const { our, their } = world.pair();
    our.leg.report(0, 'message-1', { status: 408, bytes: 10 });
    world.settle();
    expect(their.told).toEqual(['up', 'reported message-1 408']);
  });

  it('the owner is told when a full queue has room again', () => {
    const world = new LegWorld();
    const { our } = world.pair();
    world.msrp.isStalled = true;
    const body = new Uint8Array(300_000);
    let sent = 0;
    while (our.leg.send(0, outbound(++sent, { body }))) {
      world.settle();
      if (sent > 2 * queueMessagesMax) throw new Error('the queue takes everything');
    }
    world.msrp.isStalled = false;
    world.settle();
    expect(our.told).toContain('room');
  });

  it('the connection is not read while the owner pauses it', () => {
    const world = new LegWorld();
    const { our } = world.pair();
    our.leg.pause();
    expect(effectsOf(world, 'pause')).toBe(1);
    our.leg.resume();
    expect(effectsOf(world, 'resume')).toBe(1);
  });

  it('a loss is told once, with its reason [D-02]', () => {
    const world = new LegWorld();
    const { our, their } = world.pair();
    their.leg.close(0);
    world.settle();
    expect(their.told).toEqual(['up']);
    expect(our.told).toEqual(['up', 'down closed']);
    expect(our.leg.isUp).toBe(false);
  });

  it('what an older session has lost does not touch the newer one', () => {
    const world = new LegWorld();
    const { our, their } = world.pair();
    const name = /\/([^/;]+);tcp/.exec(their.leg.remote?.path[0] ?? '')?.[1] ?? '';
    const older = world.ours.sessionOwner(name);
    our.leg.offer('sendrecv', types);
    older?.(0, { kind: 'lost', session: name, loss: 'closed', references: [] });
    expect(older).toBeDefined();
    expect(our.told).toEqual(['up']);
  });
});

describe('a leg without a session', () => {
  it('takes messages and does nothing', () => {
    const world = new LegWorld();
    const { leg } = new Ended(world.ours);
    expect(leg.send(0, outbound(1))).toBe(true);
    leg.report(0, 'm', { status: 200, bytes: 1 });
    leg.pause();
    leg.resume();
    leg.close(0);
    expect(effectsOf(world, 'pause') + effectsOf(world, 'resume')).toBe(0);
    expect(world.ours.counts.sessions).toBe(0);
  });

  it('is what is left when it is closed, with nothing kept', () => {
    const world = new LegWorld();
    const { our } = world.pair();
    our.leg.close(0);
    our.leg.close(0);
    world.settle();
    expect(world.ours.counts.sessions).toBe(0);
    expect(world.timers.size).toBe(0);
    expect(our.told).toEqual(['up']);
  });
});
