/** The main flows of deferred delivery, as they are written down: Bob's phone, the Participating Function, and somebody else's focus. */

import type { Client } from '../kit/virtual/client.ts';
import type { Focus } from '../kit/virtual/focus.ts';
import { Transcript } from '../kit/virtual/transcript.ts';
import { userUri, World } from '../kit/virtual/world.ts';

type Stage = {
  readonly world: World;
  readonly transcript: Transcript;
  readonly phone: Client;
  readonly focus: Focus;
};

export type Flow = {
  /** Name of the file. */
  readonly name: string;
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
};

const alice = userUri('alice');
const bob = userUri('bob');
const carol = userUri('carol');
const group = { user: bob, contributionId: 'c1', members: [alice, bob] };

/** Plays a flow; answers what has passed. */
export async function play({ title, play: run }: Flow): Promise<string> {
  const world = new World();
  const transcript = new Transcript(world, title);
  const phone = world.client('phone', 'bob');
  phone.register();
  await world.run(1000);
  await run({ world, transcript, phone, focus: world.focus });
  return transcript.text;
}

/** Bob is in the group and hears a message. */
async function join({ world, transcript, focus }: Stage): Promise<void> {
  transcript.note('The focus invites Bob, whose phone accepts.');
  focus.open(group);
  await world.run(1000);
  focus.say('Who brings the map?');
  await world.run(1000);
}

/** The phone is cut off; two messages are kept. */
async function cutOff(stage: Stage): Promise<void> {
  const { world, transcript, phone, focus } = stage;
  await join(stage);
  transcript.note('The phone is cut off: its MSRP connection breaks.');
  phone.restart();
  await world.run(1000);
  transcript.note('What is said now is kept; the focus gets its 200 when it is.');
  focus.say('I do.');
  focus.say('At nine then.');
  await world.run(1000);
}

/** The session has ended with two messages kept. */
async function end(stage: Stage): Promise<void> {
  const { world, transcript, focus } = stage;
  await cutOff(stage);
  transcript.note('Nobody has said anything for a while: the focus ends its session.');
  focus.bye();
  await world.run(1000);
}

export const flows: readonly Flow[] = [
  {
    name: 'register-active',
    title: 'A client that was cut off registers while the session is active (000 B.2.3.x.y)',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      await cutOff(stage);
      transcript.note("Carol comes into the group; the function hears of it in Bob's place.");
      focus.notify([alice, bob, carol]);
      await world.run(1000);
      transcript.note('The phone is back and registers: it is invited, and gets what was kept.');
      phone.register();
      await world.run(1000);
      transcript.note('Live again, both ways.');
      focus.say('Anyone else?');
      await world.run(1000);
      phone.say('Here I am.');
      await world.run(1000);
    },
  },
  {
    name: 'rejoin-active',
    title: 'A client that was cut off re-joins before it is invited (000 B.2.3.x.y+1)',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      await cutOff(stage);
      transcript.note('The phone is back and re-joins: this session carries what was kept.');
      phone.rejoin(focus.identity, 'c1');
      await world.run(1000);
      transcript.note('It registers too: nothing is left to do.');
      phone.register();
      await world.run(1000);
    },
  },
  {
    name: 'race-active',
    title: 'A re-join comes while the INVITE to the client is out (001 8.3.2.9.1.4)',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      await cutOff(stage);
      transcript.note('The phone registers, rings, and re-joins by itself all the same.');
      phone.manners.invite = 'ring';
      phone.register();
      await world.run(100);
      const invited = phone.call;
      phone.rejoin(focus.identity, 'c1');
      await world.run(1000);
      transcript.note('Bob accepts: one session.');
      phone.answer(200, invited);
      await world.run(1000);
    },
  },
  {
    name: 'declined',
    title: 'The user declines the delivery (001 8.3.2.9.1.2 1d)',
    play: async (stage) => {
      const { world, transcript, phone } = stage;
      await cutOff(stage);
      transcript.note('The phone registers and declines: what was kept is discarded.');
      phone.manners.invite = 603;
      phone.register();
      await world.run(1000);
    },
  },
  {
    name: 'left',
    title: 'A voluntary leave, and a BYE of a core for a client that was lost (002 8.3.2.9)',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      await join(stage);
      transcript.note(
        'The core says BYE for a client that it has lost: no leave, what follows is kept.',
      );
      phone.bye('SIP;cause=503');
      await world.run(1000);
      focus.say('I do.');
      await world.run(1000);
      transcript.note('The phone is back, and then leaves.');
      phone.register();
      await world.run(1000);
      phone.bye('SIP;cause=200;text="Call completed"');
      await world.run(1000);
    },
  },
  {
    name: 'register-inactive',
    title: 'A client registers when the session has ended (001 8.3.2.9.1.2 2)',
    play: async (stage) => {
      const { world, transcript, phone } = stage;
      await end(stage);
      transcript.note('The phone registers: a session that only brings what was kept.');
      phone.register();
      await world.run(1000);
    },
  },
  {
    name: 'restart',
    title: 'A client re-joins a session that has ended (001 8.3.2.9.1.3)',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      await end(stage);
      transcript.note('The phone re-joins: what was kept is delivered, the group is re-started.');
      const { identity } = focus;
      focus.identity = 'sip:group-2@cf.test';
      phone.rejoin(identity, 'c1');
      await world.run(1000);
      phone.say('Still on?');
      await world.run(1000);
      focus.say('Sure.');
      await world.run(1000);
    },
  },
  {
    name: 'restart-refused',
    title: 'The focus refuses to re-start the session (001 8.3.2.9.1.3)',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      await end(stage);
      transcript.note('The phone re-joins; while the focus is asked, Bob already says something.');
      focus.manners.invite = 'ring';
      phone.rejoin(focus.identity, 'c1');
      await world.run(1000);
      phone.say('Still on?');
      await world.run(1000);
      transcript.note('Bob is no member any more.');
      focus.manners.inviteHeaders = [
        { name: 'Warning', value: '399 cf.test "127 Service not authorised"' },
      ];
      focus.answer(403);
      await world.run(1000);
    },
  },
  {
    name: 'unanswered',
    title: 'The client does not answer the invitation of the focus (002 8.3.2.9, case 2)',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      transcript.note('The focus invites Bob, whose phone rings and rings.');
      phone.manners.invite = 'ring';
      focus.open(group);
      await world.run(60_000);
      focus.say('Who brings the map?');
      await world.run(1000);
      transcript.note('Next time it is answered.');
      phone.manners.invite = 200;
      phone.register();
      await world.run(1000);
    },
  },
  {
    name: 'handed-over',
    title: 'The process of the Participating Function is asked to end, and another goes on',
    play: async (stage) => {
      const { world, transcript, focus } = stage;
      await join(stage);
      transcript.note(
        'Its successor gives both sides a new path for their media, within their dialogs.',
      );
      await world.handOver();
      await world.run(1000);
      transcript.note('The session goes on.');
      focus.say('I do.');
      await world.run(1000);
    },
  },
  {
    name: 'edge-lost',
    title: 'The process of the Participating Function dies, and another goes on',
    play: async (stage) => {
      const { world, transcript, phone, focus } = stage;
      await cutOff(stage);
      transcript.note('The process dies; its successor takes the leg to the focus up.');
      await world.restartEdge();
      await world.run(1000);
      transcript.note('The focus repeats what it is not sure of, and goes on.');
      focus.repeat('m3', 'At nine then.');
      focus.say('Anyone else?');
      await world.run(1000);
      transcript.note('The phone registers, and gets everything once.');
      phone.register();
      await world.run(1000);
    },
  },
];
