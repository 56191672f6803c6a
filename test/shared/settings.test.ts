import { describe, expect, it } from 'vitest';
import { type LoadedSettings, loadSettings, type Settings } from '../../shared/settings.ts';
import { settingRows, settingsTable } from '../../shared/settings-table.ts';

function load(env: Record<string, string>, file?: unknown): LoadedSettings {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  return loadSettings({
    env,
    readFile: () => text,
    ...(file === undefined ? {} : { configPath: 'rejoin.json' }),
  });
}

function accepted(env: Record<string, string>, file?: unknown): Settings {
  const loaded = load(env, file);
  if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
  return loaded.settings;
}

function problems(env: Record<string, string>, file?: unknown): readonly string[] {
  const loaded = load(env, file);
  return loaded.kind === 'refused' ? loaded.problems : [];
}

const open = {
  REJOIN_HOST: '192.0.2.7',
  REJOIN_USERS_FILE: 'u.json',
  REJOIN_ADMIN_TOKEN: 'abcdefgh',
};

describe('settings', () => {
  it('nothing set gives the documented defaults [contract: Settings]', () => {
    const settings = accepted({});
    expect(settings).toMatchObject({
      domain: 'rejoin.test',
      host: '127.0.0.1',
      sip: { port: 5060 },
      msrp: { port: 2855, responseTimeoutMs: 30_000 },
      http: { port: 8080 },
      store: 'sqlite:data/rejoin.db',
      network: 'registrar',
      trustedPeers: ['127.0.0.1'],
      answerTimeoutMs: 30_000,
      groupIdleMs: 300_000,
      clientIdleMs: 0,
      deferredLifetimeS: 2_592_000,
      messageBytesMax: 1_048_576,
      deferral: { holdMs: 10_000, byeWithoutReason: 'involuntary' },
    });
    expect(settings.sip.tlsPort).toBeUndefined();
    expect(settings.adminToken).toBeUndefined();
  });

  it('the environment wins over the file, and the file over the default [contract: Settings]', () => {
    const file = { sip: { port: 5070 }, msrp: { port: 2900 }, log: { identities: true } };
    const settings = accepted({ REJOIN_SIP_PORT: '5080' }, file);
    expect(settings.sip.port).toBe(5080);
    expect(settings.msrp.port).toBe(2900);
    expect(settings.log.identities).toBe(true);
    expect(settings.http.port).toBe(8080);
  });

  it('an empty variable counts as absent', () => {
    expect(accepted({ REJOIN_SIP_PORT: '' }, { sip: { port: 5070 } }).sip.port).toBe(5070);
  });

  it('the environment reads numbers, flags and lists from text', () => {
    const settings = accepted({
      REJOIN_TRUSTED_PEERS: '192.0.2.1, 2001:db8::1',
      REJOIN_DEFERRAL_INVITE_CODES: '408,480',
      REJOIN_DELIVERY_REPEAT_FIRST_MESSAGE: 'false',
      REJOIN_SIP_PORT: ' 0 ',
    });
    expect(settings.trustedPeers).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(settings.deferral.inviteCodes).toEqual([408, 480]);
    expect(settings.delivery.repeatFirstMessage).toBe(false);
    expect(settings.sip.port).toBe(0);
  });

  it('all that is wrong is told at once, each with both names and a remedy [contract: Settings]', () => {
    const told = problems(
      { REJOIN_SIP_PORT: 'no-number', REJOIN_ANSWER_TIMEOUT_MS: 'soon', REJOIN_NETWORK: 'home' },
      { msrp: { port: 70_000 } },
    );
    expect(told).toEqual([
      'REJOIN_SIP_PORT (sip.port) is "no-number": give a whole number from 0 to 65535.',
      'REJOIN_MSRP_PORT (msrp.port) is 70000: give a whole number from 0 to 65535.',
      'REJOIN_NETWORK (network) is "home": give one of registrar, ims.',
      'REJOIN_ANSWER_TIMEOUT_MS (answerTimeoutMs) is "soon": give a whole number from 1 to 86400000.',
    ]);
  });

  it('an unknown variable or key is a problem, with the name that was probably meant', () => {
    expect(
      problems({ REJOIN_SIP_PROT: '1' }, { domian: 'x', sip: { prot: 1 }, extra: {} }),
    ).toEqual([
      'domian in the file is no setting: did you mean domain?',
      'sip.prot in the file is no setting: did you mean sip.port?',
      'extra in the file is no setting: remove it, or see the table of settings.',
      'REJOIN_SIP_PROT is no setting: did you mean REJOIN_SIP_PORT?',
    ]);
  });

  it('a group of settings that is no object is a problem', () => {
    expect(problems({}, { sip: 5060 })).toEqual([
      'sip in the file is 5060: give an object of settings.',
    ]);
  });

  it.each([
    ['is not JSON', '{'],
    ['must hold one JSON object such as {"domain": "example.com"}', '[]'],
  ])('a file that %s is refused', (reason, text) => {
    expect(problems({}, text)[0]).toContain(`The file rejoin.json ${reason}`);
  });

  it('a file that is not there is refused', () => {
    const loaded = loadSettings({
      env: {},
      configPath: 'none.json',
      readFile: () => {
        throw new Error('ENOENT');
      },
    });
    expect(loaded).toMatchObject({ kind: 'refused' });
    if (loaded.kind === 'refused') expect(loaded.problems[0]).toContain("none.json can't be read");
  });

  it('a token that is not usable is never shown', () => {
    const told = problems({ REJOIN_ADMIN_TOKEN: 'my pin' });
    expect(told).toHaveLength(1);
    expect(told[0]).not.toContain('my pin');
    expect(told[0]).toContain('REJOIN_ADMIN_TOKEN (adminToken)');
  });

  it('an address that others can reach needs users and an admin token [contract: Settings]', () => {
    const told = problems({ REJOIN_HOST: '192.0.2.7' });
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('REJOIN_USERS_FILE (usersFile) is missing');
    expect(told[1]).toContain('REJOIN_ADMIN_TOKEN (adminToken) is missing');
    expect(accepted(open).trustedPeers).toEqual([]);
  });

  it('an IMS core registers the users, so no users file is needed', () => {
    const { REJOIN_USERS_FILE: _none, ...ims } = { ...open, REJOIN_NETWORK: 'ims' };
    expect(accepted(ims).network).toBe('ims');
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s is loopback', (host) => {
    expect(accepted({ REJOIN_HOST: host }).trustedPeers).toContain('127.0.0.1');
  });

  it.each(['0.0.0.0', '::', 'a b', ''])('%j is refused as an address in the file', (host) => {
    expect(problems({}, { host })).toHaveLength(1);
  });

  it.each(['memory:', 'aws:', 'sqlite:/var/lib/rejoin.db'])('%s is a store', (store) => {
    expect(accepted({ REJOIN_STORE: store }).store).toBe(store);
  });

  it.each(['sqlite:', 'postgres:x', 'memory'])('%s is no store', (store) => {
    expect(problems({ REJOIN_STORE: store })).toHaveLength(1);
  });

  it.each(['a.b', 'localhost', '10.0.0.256', '10.0.0'])('%s is no address of a peer', (peer) => {
    expect(problems({ REJOIN_TRUSTED_PEERS: `::1,${peer}` })).toHaveLength(1);
  });

  it('two listeners with the same port are a problem, free ones are not', () => {
    expect(problems({ REJOIN_MSRP_PORT: '5060' }, { http: { port: 5060 } })).toEqual([
      'REJOIN_MSRP_PORT (msrp.port) is 5060, as REJOIN_SIP_PORT (sip.port) is: give each a port of its own.',
      'REJOIN_HTTP_PORT (http.port) is 5060, as REJOIN_SIP_PORT (sip.port) is: give each a port of its own.',
    ]);
    expect(problems({ REJOIN_SIP_PORT: '0', REJOIN_MSRP_PORT: '0' })).toEqual([]);
  });

  it('the identity of the deferring function follows the domain', () => {
    const settings = accepted({ REJOIN_DOMAIN: 'example.com' });
    expect(settings.deferral.identity).toBe('sip:rcse-standfw@example.com');
  });

  it('keys of the language are no settings', () => {
    expect(problems({}, '{"__proto__": {"domain": "x"}}')).toHaveLength(1);
    expect(problems({}, '{"constructor": 1}')).toHaveLength(1);
  });
});

describe('the table of settings', () => {
  it('has a row with both names for every setting', () => {
    const table = settingsTable();
    for (const row of settingRows) expect(table).toContain(`| \`${row.env}\` | \`${row.file}\` |`);
    expect(table.trim().split('\n')).toHaveLength(settingRows.length + 2);
  });

  it.each([
    ['msrp.example.com', true],
    ['192.0.2.7', true],
    ['2001:db8::7', true],
    ['*.msrp.example.com', true],
    ['0.0.0.0', false],
    ['*', false],
    ['a.*.example.com', false],
    ['msrp.example.com:2855', false],
  ])('%s as the public host of MSRP is accepted: %s', (host, isAccepted) => {
    expect(load({ REJOIN_MSRP_PUBLIC_HOST: host }).kind === 'settings').toBe(isAccepted);
  });

  it('names no two settings alike', () => {
    expect(new Set(settingRows.map((row) => row.env)).size).toBe(settingRows.length);
  });

  it('every default is a value that the schema accepts', () => {
    const text = (value: unknown) => (value === undefined ? '' : String(value));
    const env = Object.fromEntries(settingRows.map((row) => [row.env, text(row.fallback)]));
    expect(load(env).kind).toBe('settings');
  });
});
