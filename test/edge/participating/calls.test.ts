import { beforeEach, describe, expect, it } from 'vitest';
import { decisionTimeoutMs } from '../../../edge/participating/limit.ts';
import { header } from '../../../edge/sip/header.ts';
import { bob, CallsWorld, found, groupUri, nobody, participation } from './calls-kit.ts';

let world: CallsWorld;

beforeEach(() => {
  world = new CallsWorld();
});

describe('an INVITE of a client is refused', () => {
  it('without a Contribution-ID, and without media that can be taken', () => {
    world.invite({ contributionId: '' });
    world.invite({ callId: 'two', body: '' });
    world.invite({ callId: 'three', body: 'nonsense' });
    expect(world.statuses).toEqual([400, 488, 400]);
    expect(world.lookups).toEqual([]);
  });

  it('with 503 if the store does not answer', () => {
    world.invite();
    expect(world.lookups).toEqual([bob]);
    world.answer(bob, undefined);
    expect(world.statuses).toEqual([503]);
    expect(world.timers.size).toBe(0);
  });

  it('with 503 if the question can not be put to the functions', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    world.reported(false);
    expect(world.statuses).toEqual([503]);
  });

  it('with 503 if nobody decides in time', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    world.reported();
    expect([...world.timers.values()]).toEqual([decisionTimeoutMs]);
    world.fire('call/');
    expect(world.statuses).toEqual([503]);
  });

  it('once: what comes later finds nothing', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    const { call } = world.asked;
    world.do((nowMs) => world.calls.refused(nowMs, call, 491));
    world.do((nowMs) => world.calls.refused(nowMs, call, 503));
    world.do(() => world.calls.relay(call));
    world.reported(false);
    expect(world.statuses).toEqual([491]);
    expect(world.lookups).toEqual([]);
  });

  it.each([491, 503])('with %s as the functions decide [001 8.3.2.9.1.4]', (status) => {
    world.invite();
    world.answer(bob, found(participation('reinviting')));
    world.do((nowMs) => world.calls.refused(nowMs, world.asked.call, status));
    expect(world.statuses).toEqual([status]);
    expect(world.timers.size).toBe(0);
  });

  it('while another INVITE of the user for the session is under way [001 8.3.2.9.1.4]', () => {
    world.invite();
    world.answer(bob, found());
    world.answer(groupUri, nobody);
    world.invite({ callId: 'two' });
    world.answer(bob, found());
    expect(world.statuses).toEqual([491]);
    expect(world.relayed).toHaveLength(1);
  });

  it('also if both have come at the same time [001 8.3.2.9.1.4]', () => {
    world.invite();
    world.invite({ callId: 'two' });
    world.answer(bob, found());
    world.answer(groupUri, nobody);
    expect(world.statuses).toEqual([491]);
    expect(world.relayed).toHaveLength(1);
    expect(world.registry.size).toBe(1);
  });
});

describe('an INVITE of a client for whom something is kept', () => {
  it('waits for the decision of the functions, who hear of its device [PFT-070]', () => {
    world.invite({ more: [`Contact: <sip:bob@x>;+sip.instance="<urn:uuid:1>"`] });
    world.answer(bob, found(participation('inactive')));
    expect(world.asked).toMatchObject({ contributionId: 'c1' });
    expect(world.statuses).toEqual([]);
    expect(world.relayed).toEqual([]);
  });

  it('is accepted: its session carries the participation from then on [PFT-082]', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    const { call } = world.asked;
    world.do((nowMs) => world.calls.accept(nowMs, call, participation('joined')));
    expect(world.statuses).toEqual([200]);
    const response = world.lastResponse;
    expect(response && header(response, 'Contact')).toContain(`<${groupUri}>;isfocus`);
    expect(world.registry.find({ user: bob, contributionId: 'c1' })?.client.isPresent).toBe(true);
    expect(world.relayed).toEqual([]);
  });

  it('asks the focus for a re-start, if the session had ended [PFT-079]', () => {
    world.invite();
    world.answer(bob, found(participation('inactive')));
    const { call } = world.asked;
    world.do((nowMs) => world.calls.accept(nowMs, call, participation('restarting')));
    expect(world.statuses).toEqual([200]);
    expect(world.relayed.map(({ uri }) => uri)).toEqual(['sip:conference-factory@cf.test']);
  });

  it('is accepted in vain if it has been given up: the client is away as before', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    const { call } = world.asked;
    world.cancel();
    expect(world.statuses).toEqual([487]);
    world.do((nowMs) => world.calls.accept(nowMs, call, participation('joined')));
    expect(world.statuses).toEqual([487]);
    const last = world.effects('report').at(-1)?.event;
    expect(last).toMatchObject({ kind: 'client-lost', trigger: 'unreachable' });
  });

  it('is accepted in vain, and the client is not away, if another one has been accepted', () => {
    world.invite();
    world.invite({ callId: 'two' });
    world.answer(bob, found(participation('buffering')));
    const { call } = world.asked;
    const reports = () => world.effects('report').length;
    world.cancel({ callId: 'two' });
    const first = world.effects('report')[0]?.event;
    if (first?.kind !== 'rejoin') throw new Error('nobody was asked');
    world.do((nowMs) => world.calls.accept(nowMs, first.call, participation('joined')));
    const before = reports();
    world.do((nowMs) => world.calls.accept(nowMs, call, participation('joined')));
    expect(reports()).toBe(before);
    expect(world.statuses).toEqual([487, 200]);
  });

  it('is relayed if the functions find nothing any more', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    world.do(() => world.calls.relay(world.asked.call));
    world.answer(bob, found());
    expect(world.relayed.map(({ uri }) => uri)).toEqual([groupUri]);
    expect(world.statuses).toEqual([]);
  });

  it('is not relayed if the store does not answer then', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    world.do(() => world.calls.relay(world.asked.call));
    world.answer(bob, undefined);
    expect(world.statuses).toEqual([503]);
  });

  it('is not relayed if it is given up meanwhile', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    world.do(() => world.calls.relay(world.asked.call));
    world.cancel();
    world.answer(bob, found());
    expect(world.statuses).toEqual([487]);
    expect(world.relayed).toEqual([]);
    expect(world.registry.size).toBe(0);
  });

  it('is not relayed beside another one that has begun meanwhile [001 8.3.2.9.1.4]', () => {
    world.invite();
    world.answer(bob, found(participation('buffering')));
    world.do(() => world.calls.relay(world.asked.call));
    world.do(() =>
      world.registry.hold({
        ...world.registry.fresh({ user: bob, contributionId: 'c1' }, found()),
        group: participation('joined').group,
        roster: [],
      }),
    );
    world.answer(bob, found());
    expect(world.statuses).toEqual([491]);
    expect(world.relayed).toEqual([]);
    expect(world.registry.size).toBe(1);
  });
});
