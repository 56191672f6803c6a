/**
 * `npm run demo`: one deferred group chat over real sockets. Starts the system on free ports, lets three clients chat, cuts one of them
 * off, brings it back, and prints what passes between them. With `--all` it goes on with what else may happen. Ends with 0 only if every
 * message came to every member once and in order.
 */
import { Ladder } from '../test/kit/ladder.ts';
import { acts, missed } from './demo/acts.ts';
import { type Act, playAct } from './demo/stage.ts';

/** An act ends by itself, whatever hangs. */
const actLimitMs = 18_000;

async function main(words: readonly string[]): Promise<number> {
  const unknown = words.filter((word) => word !== '--all');
  if (unknown.length > 0) {
    console.error(`demo: ${unknown.join(' ')} is no option: give --all for all acts, or nothing.`);
    return 2;
  }
  const played = words.includes('--all') ? acts : [missed];
  const wrong: string[] = [];
  for (const [index, act] of played.entries()) {
    if (played.length > 1) console.log(`${index > 0 ? '\n' : ''}Act ${index + 1}. ${act.title}\n`);
    wrong.push(...(await play(act)));
  }
  for (const line of wrong) console.log(line);
  const isGood = wrong.length === 0;
  console.log(isGood ? 'Nothing lost, nothing doubled, nothing out of order.' : 'The demo FAILED.');
  return isGood ? 0 : 1;
}

async function play(act: Act): Promise<readonly string[]> {
  const guard = setTimeout(() => {
    console.error('The demo hangs: what is above is how far it came.');
    process.exit(1);
  }, actLimitMs);
  try {
    return await playAct(act, new Ladder((line) => console.log(line)));
  } finally {
    clearTimeout(guard);
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
