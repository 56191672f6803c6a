import { describe, expect, it } from 'vitest';
import { createLog, createMask, type LogLevel } from '../../../edge/runtime/log.ts';

function logged(level: LogLevel, write: (log: ReturnType<typeof createLog>) => void) {
  const lines: string[] = [];
  write(createLog({ level, stream: { write: (line: string) => lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is one JSON object a line, with time and level [contract: First and last lines]', () => {
    const lines = logged('info', (log) => log.info({ port: 5060 }, 'listening'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'info', msg: 'listening', port: 5060 });
    expect(lines[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('leaves out what is less serious than its level', () => {
    expect(logged('warn', (log) => log.info('no'))).toEqual([]);
    expect(logged('silent', (log) => log.fatal('no'))).toEqual([]);
  });

  it('never shows bodies and secrets [design 6.10]', () => {
    const secret = { body: 'hello', password: 'pw', authorization: 'Digest x', kept: 1 };
    const lines = logged('info', (log) => log.info({ ...secret, request: secret }, 'x'));
    expect(lines[0]).toMatchObject({ kept: 1, request: { kept: 1 } });
    expect(JSON.stringify(lines)).not.toMatch(/hello|pw|Digest/);
  });
});

describe('masks', () => {
  const mask = createMask({ identities: false, salt: new Uint8Array(16) });

  it('tell users apart without naming them [design 6.10]', () => {
    expect(mask('sip:bob@rejoin.test')).toMatch(/^user-[0-9a-f]{10}$/);
    expect(mask('sip:bob@rejoin.test')).not.toBe(mask('sip:alice@rejoin.test'));
  });

  it('a user has one mask however the URI is written', () => {
    const plain = mask('sip:bob@rejoin.test');
    expect(mask('"Bob" <sip:Bob@rejoin.test;transport=tcp>;tag=1')).toBe(plain);
    expect(mask('sip:bob@rejoin.test?x=y')).toBe(plain);
  });

  it('another salt gives other masks, so that hashes of known URIs do not help', () => {
    expect(createMask({ identities: false })('sip:bob@rejoin.test')).not.toBe(
      mask('sip:bob@rejoin.test'),
    );
  });

  it('identities are shown where the operator wants it', () => {
    expect(createMask({ identities: true })('sip:bob@rejoin.test')).toBe('sip:bob@rejoin.test');
  });

  it('what is no URI is masked too', () => {
    expect(mask('bob')).toMatch(/^user-/);
  });
});
