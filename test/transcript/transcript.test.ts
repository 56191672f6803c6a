/**
 * The main flows, word for word. A transcript that no longer matches is either a fault or a change that somebody wants: then it is written
 * anew by `WRITE_TRANSCRIPTS=1 npx vitest run test/transcript`, and read before it is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { flows, play } from './flows.ts';

const isWriting = process.env.WRITE_TRANSCRIPTS === '1';

function fileOf(name: string): URL {
  return new URL(`${name}.txt`, import.meta.url);
}

describe('the transcript of', () => {
  test.each(flows)('$name is what is written down', async (flow) => {
    const text = await play(flow);
    if (isWriting) writeFileSync(fileOf(flow.name), text);
    expect(text).toBe(readFileSync(fileOf(flow.name), 'utf8'));
  });

  test('a flow is the same each time', async () => {
    const [flow] = flows;
    if (flow === undefined) throw new Error('there is no flow');
    expect(await play(flow)).toBe(await play(flow));
  });
});
