import { describe, expect, it } from 'vitest';
import {
  durationText,
  escapeHtml,
  type Status,
  statusPage,
} from '../../../edge/runtime/status-page.ts';

const status: Status = {
  domain: 'rejoin.test',
  version: '0.1.0',
  network: 'registrar',
  store: 'sqlite:data/rejoin.db',
  isReady: true,
  reasons: [],
  uptimeMs: 3_661_000,
  addresses: [{ name: 'SIP over UDP and TCP', address: '127.0.0.1:5060' }],
  registered: 5,
  groups: 2,
  deadLetters: 0,
  waiting: 1_234_567,
  deferred: 45_678,
  delivered: 44_444,
  oldestWaitingMs: 90_061_000,
};

describe('the status page', () => {
  it('shows what runs and how much of it', () => {
    const html = statusPage(status);
    for (const text of [
      'SIP over UDP and TCP',
      '127.0.0.1:5060',
      'sqlite:data/rejoin.db',
      '0.1.0',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toContain('1 h 1 min');
    expect(html).toContain('1 d 1 h');
    expect(html.replaceAll('\u202f', ' ')).toContain('1 234 567');
    expect(html).toContain('<meta http-equiv="refresh" content="5">');
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('says why it is not ready, and what to show when nothing waits', () => {
    const html = statusPage({
      ...status,
      isReady: false,
      reasons: ['draining'],
      waiting: 0,
      oldestWaitingMs: undefined,
      network: 'ims',
    });
    expect(html).toContain('not ready: draining');
    expect(html).toContain('<b>–</b>');
    expect(html).toContain('IMS core');
  });

  it('tells of records that were given up, and of none if there are none', () => {
    expect(statusPage(status)).not.toContain('given up');
    expect(statusPage({ ...status, deadLetters: 1 })).toContain('1 record was given up');
    expect(statusPage({ ...status, deadLetters: 12 })).toContain('12 records were given up');
  });

  it('names protocols in capitals', () => {
    const html = statusPage({ ...status, addresses: [{ name: 'sip', address: '[::1]:5060' }] });
    expect(html).toContain('<th scope="row">SIP</th>');
  });

  it('escapes whatever it shows', () => {
    const evil = '<script>alert("1")</script>';
    const html = statusPage({
      ...status,
      domain: evil,
      store: evil,
      version: evil,
      isReady: false,
      reasons: [evil],
      addresses: [{ name: evil, address: evil }],
    });
    expect(html).not.toContain('<script');
    expect(escapeHtml(`&<>"'`)).toBe('&amp;&lt;&gt;&quot;&#39;');
  });

  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [3_605_000, '1 h'],
    [200_000_000, '2 d 7 h'],
  ])('%i ms read as %s', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text);
  });
});
