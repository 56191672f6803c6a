import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '../../../edge/runtime/log.ts';
import { warmUpMessages, warmUpSystems } from '../../../edge/warm-up/limit.ts';
import { Line } from '../../../edge/warm-up/line.ts';
import { warmUp } from '../../../edge/warm-up/warm-up.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type LogLine = { readonly msg: string; readonly messages?: number };

async function warmedUp(): Promise<readonly LogLine[]> {
  const written: LogLine[] = [];
  const write = (line: string): unknown => written.push(JSON.parse(line) as LogLine);
  await warmUp(createLog({ level: 'debug', stream: { write } }));
  return written;
}

test('the warm-up plays its chats to their end, each message kept', async () => {
  const [line] = await warmedUp();
  expect(line?.msg).toBe('warmed up');
  expect(line?.messages).toBe(warmUpSystems * warmUpMessages);
});

test('the warm-up leaves no connection and no listener', async () => {
  const open = (): readonly string[] =>
    process.getActiveResourcesInfo().filter((kind) => /^(TCP|UDP)/.test(kind));
  await warmedUp();
  await expect.poll(open, { timeout: 10_000 }).toEqual([]);
});

async function listening(answer: string): Promise<number> {
  const server = createServer((socket) => {
    socket.write(answer);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('who waits on a line gets what matches, also what was there before, and what is behind it later', async () => {
  const line = new Line(await listening('one two'));
  closing.push(() => line.close());
  expect((await line.hear(/two|one/))[0]).toBe('one');
  expect((await line.hear(/t(w)o/))[1]).toBe('w');
});

test('who waits on a line that is closed, or leads nowhere, does not wait for ever', async () => {
  const line = new Line(await listening('one'));
  const waiting = line.hear(/two/);
  line.close();
  await expect(waiting).rejects.toThrow('closed');
  await expect(new Line(1).hear(/one/)).rejects.toThrow('closed');
});
