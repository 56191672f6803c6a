/** What the demo plays: the first act is the main job, the others are what else may happen when a member comes back. */
import { pause, until } from '../../test/kit/wait.ts';
import type { Act, Stage } from './stage.ts';

/** So short that nobody has to wait for the end of a quiet group. */
const quickEnd = { REJOIN_GROUP_IDLE_MS: '700' };

/** 000 B.2.3.x: the member registers while the group session is active. */
export const missed: Act = {
  title: 'A member is cut off, and registers again while the group goes on',
  play: async (stage) => {
    const { alice, bob, carol, ladder } = stage;
    await stage.gather();
    await stage.say(alice, 'Saturday at nine?');
    await stage.say(bob, 'Fine with me.');
    await cutOff(stage);
    ladder.note('bob has network again and registers');
    await bob.findNetwork();
    await bob.register();
    await until('bob has what he missed', () => bob.received.length >= 4);
    await until('bob is in the group again', () => bob.group);
    await stage.say(bob, 'The map is in my bag.');
    await stage.say(carol, 'See you there.');
    await stage.settle();
    return [];
  },
};

/** 001 8.3.2.9.1.2 2: the group session has ended when the member registers. */
const inactive: Act = {
  title: 'The group has ended meanwhile: what was missed comes in a session of its own',
  settings: quickEnd,
  play: async (stage) => {
    const { bob } = stage;
    await stage.gather();
    await cutOff(stage);
    await groupEnds(stage);
    stage.ladder.note('bob has network again and registers');
    await bob.findNetwork();
    await bob.register();
    await stage.settle();
    await until('the delivery is over', () => bob.ended > 0);
    return bob.groupStates === 1 ? [] : ['bob has not got the group state'];
  },
};

/** 001 8.3.2.9 trigger B: the member is faster than the registration. */
const rejoin: Act = {
  title: 'The member asks to be back by itself, before it registers',
  play: async (stage) => {
    const { alice, bob, ladder } = stage;
    await stage.gather();
    await cutOff(stage);
    ladder.note('bob has network again and re-joins');
    await bob.findNetwork();
    await bob.rejoin();
    await until('bob has what he missed', () => bob.received.length >= 3);
    await bob.register();
    await stage.say(alice, 'There you are.');
    await stage.say(bob, 'With the map.');
    await stage.settle();
    return [];
  },
};

/** 001 8.3.2.9.1.3: the re-join starts the group session again. */
const restart: Act = {
  title: 'The group has ended, and the member who comes back starts it again',
  settings: quickEnd,
  play: async (stage) => {
    const { alice, bob, carol, ladder } = stage;
    await stage.gather();
    await cutOff(stage);
    await groupEnds(stage);
    ladder.note('bob has network again and re-joins');
    await bob.findNetwork();
    await bob.rejoin();
    await until('alice and carol are in the group again', () => alice.group && carol.group);
    await until('bob has what he missed', () => bob.received.length >= 3);
    await stage.say(bob, 'I am back. Still on?');
    await stage.say(carol, 'Of course.');
    await stage.settle();
    return [];
  },
};

/** 001 8.3.2.9.1.4: the re-join comes when our INVITE is out. */
const race: Act = {
  title: 'Both at once: the re-join crosses the invitation, and one session comes of it',
  play: async (stage) => {
    const { alice, bob, ladder } = stage;
    await stage.gather();
    await cutOff(stage);
    ladder.note('bob has network again, registers and re-joins in the same moment');
    await bob.findNetwork();
    bob.isSlow = true;
    await bob.register();
    await pause(100);
    await bob.rejoin();
    const { refusal } = bob;
    bob.pickUp();
    await until('bob is in the group again', () => bob.group);
    await stage.say(alice, 'Welcome back.');
    await stage.settle();
    return refusal === 491 ? [] : [`the re-join was answered ${refusal ?? 'by a session'}`];
  },
};

/** 001 8.3.2.9.1.1: between two users. */
const between: Act = {
  title: 'Two users: what one has said to the other comes when the other is back',
  play: async (stage) => {
    const { alice, bob, ladder } = stage;
    await alice.chat(bob.uri);
    await until('bob is in the session', () => bob.group);
    await stage.say(alice, 'Have you got the tickets?', [bob]);
    ladder.note('bob loses the network');
    await bob.loseNetwork();
    await stage.say(alice, 'Platform 4, by the way.', [bob]);
    await stage.say(alice, 'Hurry.', [bob]);
    ladder.note('bob has network again and registers');
    await bob.findNetwork();
    await bob.register();
    await stage.settle();
    await until('the delivery is over', () => bob.ended > 0);
    return [];
  },
};

export const acts: readonly Act[] = [missed, inactive, rejoin, restart, race, between];

/** Bob's phone loses the network, and the others talk on. */
async function cutOff(stage: Stage): Promise<void> {
  const { alice, bob, carol, ladder } = stage;
  ladder.note('bob loses the network');
  await bob.loseNetwork();
  await stage.say(alice, 'Which train, then?');
  await stage.say(carol, 'The 8:12 from the main station.');
  await stage.say(alice, 'Good. Bob, bring the map.');
  await pause(200);
}

async function groupEnds({ alice, carol, ladder }: Stage): Promise<void> {
  ladder.note('nobody says anything for a while');
  await until('the focus has ended the group', () => !alice.group && !carol.group);
}
