/**
 * The end of a world: all faults stop, every process runs, every client is reachable, registers and accepts. Then everything that was
 * promised must have come, and a last message must reach everybody who is in a group.
 */
import { quiet } from './rates.ts';
import type { World } from './world.ts';

const stepsMax = 50_000;

/** Calms a world; answers the steps that it took. */
export async function calmDown(world: World): Promise<number> {
  const { simulation, network, focus } = world;
  simulation.trace(() => 'the world is calmed');
  simulation.rates = quiet;
  let steps = 0;
  const run = async (forMs: number): Promise<void> => {
    const untilMs = simulation.nowMs + forMs;
    while (simulation.broken === undefined && (await world.step(untilMs))) {
      if (++steps > stepsMax) simulation.fail(6, 'the world does not come to rest');
    }
    simulation.clock.nowMs = untilMs;
  };
  for (const device of [...world.devices]) {
    network.reconnect(device.peer.host);
    if (device.peer.process.isDead) world.replace(device, device.peer.host);
  }
  network.streams.settle(20_000);
  await run(100_000);
  for (const device of world.devices) device.registration.start(3600);
  await run(150_000);
  for (const device of world.devices) device.registration.start(3600);
  await run(120_000);
  if (simulation.broken !== undefined) return steps;
  checkDelivered(world);
  for (const key of world.ledger.declining) {
    simulation.fail(5, `${key} has declined, and the session of the focus was never left`);
  }
  for (const group of focus.groups) if (group.isRunning) focus.say(group, 100);
  await run(60_000);
  if (simulation.broken === undefined) {
    checkHeard(world);
    checkSessions(world);
  }
  return steps;
}

function checkDelivered({ ledger, simulation }: World): void {
  const missing = ledger.missing();
  const [first] = missing;
  if (first === undefined) return;
  simulation.fail(1, `${missing.length} messages never came, ${first.id} first`);
}

/** Who is in a group hears what is said there. */
function checkHeard({ focus, ledger, simulation }: World): void {
  const legs = focus.groups
    .filter(({ isRunning }) => isRunning)
    .flatMap((group) => [...group.legs.values()]);
  for (const leg of legs) {
    const id = `${leg.group.contributionId}.${leg.user.slice(4, 7)}.${leg.group.sequence}`;
    if (ledger.find(id)?.isReceived !== true) {
      simulation.fail(6, `${id}, said in the calm, never came`);
    }
  }
}

function checkSessions({ accounts, simulation }: World): void {
  for (const { calls } of accounts) {
    // A session whose edge has died is one that the client alone believes in.
    const standing = [...calls].filter(({ isUp, edge }) => isUp && edge?.isDead === false);
    const up = standing.map(({ key }) => key);
    const twice = up.find((key, index) => up.indexOf(key) !== index);
    if (twice !== undefined) simulation.fail(4, `two sessions for ${twice} at the end`);
  }
}
