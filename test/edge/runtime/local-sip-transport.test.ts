import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { LocalSipTransport } from '../../../edge/runtime/local-sip-transport.ts';
import type { SipHandler } from '../../../edge/runtime/sip-carrier.ts';
import type { Target } from '../../../edge/sip/effect.ts';

const near = { host: 'participating.local', port: 1 };
const far = { host: 'controlling.local', port: 2 };
const target = (address: typeof near): Target => ({ transport: 'local', ...address });

function recorder(): { readonly handler: SipHandler; readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    handler: {
      onMessage: (message, flow) => {
        const what = message.kind === 'request' ? message.method : message.status;
        heard.push(`${what} by ${flow.id}`);
      },
      onRefused: (refusal) => heard.push(`refused: ${refusal.status ?? 'dropped'}`),
      onFlowClosed: () => undefined,
    },
  };
}

function request(method: string, length = 0): Buffer {
  const lines = [
    `${method} sip:x SIP/2.0`,
    'Via: SIP/2.0/TCP participating.local:1;branch=z9hG4bK1',
    'From: <sip:a@x>;tag=1',
    'To: <sip:x>',
    'Call-ID: c',
    `CSeq: 1 ${method}`,
    'Max-Forwards: 70',
    `Content-Length: ${length}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function pair(messagesMax?: number) {
  const transport = new LocalSipTransport(messagesMax);
  const left = recorder();
  const right = recorder();
  const a = transport.join(near, left.handler);
  const b = transport.join(far, right.handler);
  return { transport, a, b, left: left.heard, right: right.heard };
}

it('messages reach the other function later, in order, as from a wire', async () => {
  const { a, b, left, right } = pair();
  a.send(request('OPTIONS'), target(far), () => undefined);
  a.send(request('MESSAGE'), target(far), () => undefined);
  b.send(request('NOTIFY'), target(near), () => undefined);
  expect(right).toEqual([]);
  await turn();
  expect(right).toEqual([
    'OPTIONS by local:participating.local:1',
    'MESSAGE by local:participating.local:1',
  ]);
  expect(left).toEqual(['NOTIFY by local:controlling.local:2']);
});

it('what can not be read is refused and answered', async () => {
  const { a, left, right } = pair();
  a.send(request('OPTIONS', 10), target(far), () => undefined);
  await turn();
  expect(right).toEqual(['refused: 400']);
  await turn();
  expect(left).toEqual(['400 by local:controlling.local:2']);
});

it('an address without a function, and more than the limit, fail later', async () => {
  const { transport, a, b, right } = pair(2);
  const failed = vi.fn();
  a.send(request('OPTIONS'), target({ host: 'nobody', port: 9 }), failed);
  a.send(request('OPTIONS'), target(far), failed);
  a.send(request('OPTIONS'), target(far), failed);
  expect(failed).not.toHaveBeenCalled();
  await turn();
  expect(failed).toHaveBeenCalledTimes(2);
  expect(right).toHaveLength(1);
  await b.close();
  a.send(request('OPTIONS'), target(far), failed);
  await turn();
  expect(failed).toHaveBeenCalledTimes(3);
  expect(() => transport.join(near, recorder().handler)).toThrow('participating.local:1');
});
