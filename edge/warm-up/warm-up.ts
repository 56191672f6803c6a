/**
 * Plays a short deferred chat before the process is ready, in systems of its own on loopback ports and stores in memory: otherwise the first
 * hundreds of messages of a process would take half as long again as later ones, until V8 has compiled their way. Nothing of it is left.
 */
import type { Logger } from 'pino';
import { loadSettings, type Settings } from '../../shared/settings.ts';
import { openScratch } from '../../shared/sqlite/scratch.ts';
import { Embedded } from '../runtime/embedded.ts';
import { createLog } from '../runtime/log.ts';
import { Metrics } from '../runtime/metrics.ts';
import { deferOne, newPerson } from './conversation.ts';
import { warmUpMessages, warmUpMs, warmUpSystems } from './limit.ts';
import { Line } from './line.ts';
import { talk } from './talk.ts';

/** Warms up; never rejects and never takes long, since a process that is not warm serves as well. */
export async function warmUp(log: Logger): Promise<void> {
  const startedMs = performance.now();
  try {
    const counts = await Promise.all(Array.from({ length: warmUpSystems }, play));
    const ms = Math.round(performance.now() - startedMs);
    log.debug({ ms, messages: counts.reduce((sum, count) => sum + count) }, 'warmed up');
  } catch (error) {
    log.warn({ err: error }, 'the warm-up has failed: first messages may take longer');
  }
}

/** Plays one chat; answers how many messages were kept. */
async function play(): Promise<number> {
  const settings = scratchSettings();
  const person = newPerson(settings.domain);
  const scratch = new Embedded({
    settings,
    users: [person],
    opened: openScratch(),
    log: createLog({ level: 'silent' }),
    metrics: new Metrics(() => Promise.reject(new Error('nobody asks'))),
    edgeName: 'edge-warm-up',
  });
  const lines: Line[] = [];
  const call = (port: number): Line => {
    const line = new Line(port);
    lines.push(line);
    return line;
  };
  const hangUp = (): void => {
    for (const line of lines) line.close();
  };
  const untilMs = performance.now() + warmUpMs;
  const timer = setTimeout(hangUp, 2 * warmUpMs);
  try {
    const { sipPort } = await scratch.start();
    const { path, port } = await deferOne(call(sipPort), person);
    return await talk(call(port), path, { messages: warmUpMessages, untilMs });
  } finally {
    clearTimeout(timer);
    hangUp();
    await scratch.stop();
  }
}

/** Defaults, whatever the process is set to: what is played is always the same. */
function scratchSettings(): Settings {
  const env = {
    REJOIN_DOMAIN: 'warm-up.invalid',
    REJOIN_HOST: '127.0.0.1',
    REJOIN_SIP_PORT: '0',
    REJOIN_MSRP_PORT: '0',
    REJOIN_STORE: 'memory:',
  };
  const loaded = loadSettings({ env, readFile: () => '' });
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join(' '));
  return loaded.settings;
}
