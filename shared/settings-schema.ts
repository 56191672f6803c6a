/**
 * Every setting of the product, once: name, kind, default, meaning. The types, the start-up errors, the environment's names and
 * the README's table all come from here. A setting's file name is its place in this object, its environment name is derived
 * (`deferral.holdMs` is `REJOIN_DEFERRAL_HOLD_MS`). Reading files and the environment is in `settings.ts`.
 */
import * as v from 'valibot';
import {
  choiceSetting,
  delaySetting,
  flagSetting,
  idleSetting,
  lifetimeSetting,
  numberSetting,
  optionalOtherPortSetting,
  optionalPortSetting,
  optionalTextSetting,
  optionalTextsSetting,
  portSetting,
  statusesSetting,
  textSetting,
} from './setting-kinds.ts';

const hostName = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
/** An address or name that others can reach: so not 0.0.0.0 and not `::`. */
const reachableHost =
  /^(?!0\.0\.0\.0$)(?:[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*[1-9A-Fa-f][0-9A-Fa-f:.]*)$/;
/** The same, or all names in a domain. */
const publicHost = new RegExp(`${reachableHost.source}|^\\*(\\.[A-Za-z0-9-]+)+$`);
const storeName = /^(memory:|aws:|sqlite:.+)$/;
const resourceName = /^[A-Za-z0-9_.-]+$/;
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const tableName = /^[A-Za-z0-9_.-]{3,255}$/;
const anyText = /./;
const fileType = 'path of a file';
const fileRemedy = 'give the path of a file';

const sip = v.object({
  port: portSetting(5060, 'SIP over UDP and TCP; 0 takes a free port'),
  tlsPort: optionalPortSetting('SIP over TLS'),
  sessionExpiresS: numberSetting(
    1800,
    { min: 0, max: 86_400, unit: 's' },
    'session timer that is offered (RFC 4028); 0 offers none',
  ),
  minSessionExpiresS: numberSetting(
    90,
    { min: 90, max: 86_400, unit: 's' },
    'shortest session timer that is accepted (RFC 4028)',
  ),
});

const msrp = v.object({
  port: portSetting(2855, 'MSRP over TCP; 0 takes a free port'),
  tlsPort: optionalPortSetting('MSRP over TLS'),
  publicHost: optionalTextSetting(publicHost, {
    type: 'address or name',
    meaning:
      "what SDP and MSRP URIs name instead of `REJOIN_HOST`; a `*` in front stands for the edge's name",
    remedy: 'give an address or name that clients can reach, such as *.msrp.example.com',
    defaultText: 'none: `REJOIN_HOST`',
  }),
  publicPort: optionalOtherPortSetting(
    'what SDP and MSRP URIs name instead of the port that is bound',
  ),
  responseTimeoutMs: delaySetting(
    30_000,
    'no MSRP response for so long after a SEND: the connection counts as lost',
  ),
  keepAliveMs: idleSetting(
    120_000,
    'TCP keep-alive probes start after so long without traffic; 0 sends none',
  ),
});

const deferral = v.object({
  groupStoreAndForward: flagSetting(
    true,
    'keep what a member misses of a group chat and deliver it later',
  ),
  holdMs: delaySetting(
    10_000,
    "how long a live message waits for the client's answer before it is stored and answered",
  ),
  byeWithoutReason: choiceSetting(
    ['involuntary', 'voluntary'],
    'involuntary',
    "what a client's BYE without a Reason means: involuntary ones defer, voluntary ones leave",
  ),
  inviteCodes: statusesSetting(
    [408, 430, 480, 486, 500, 503, 504],
    'answers to the INVITE to a client that defer the session; others go to the group as its answer',
  ),
  identity: optionalTextSetting(/^(sip|sips|tel):\S+$/, {
    type: 'SIP or tel URI',
    meaning: 'identity asserted in deferred one-to-one sessions and for stored notifications',
    remedy: 'give a URI such as sip:rcse-standfw@example.com',
    defaultText: '`sip:rcse-standfw@<domain>`',
  }),
});

const delivery = v.object({
  repeatFirstMessage: flagSetting(
    true,
    'the first waiting message goes in the INVITE and over MSRP; false: over MSRP only',
  ),
  inviteWithoutPending: flagSetting(
    true,
    'a registering client is invited back to its active groups even if nothing waits',
  ),
  senderOrder: choiceSetting(
    ['oldest-first', 'newest-first'],
    'oldest-first',
    'order of senders in one-to-one delivery, by the first message that waits of each',
  ),
  stopCodes: statusesSetting(
    [],
    'answers besides 480 that end a round of one-to-one delivery for all senders',
  ),
  discardCodes: statusesSetting([603], 'answers to a group delivery that discard what waits'),
  groupRetry: numberSetting(
    0,
    { min: 0, max: 10, unit: 'attempts' },
    'further attempts at a refused group delivery before the next registration',
  ),
  rewriteCpimTo: flagSetting(
    false,
    "set the CPIM To of a deferred message to that message's real recipients",
  ),
});

const imdn = v.object({
  deliveryMode: choiceSetting(
    ['dedicated', 'running', 'message'],
    'dedicated',
    'how stored notifications travel: a session of their own, a running session, or SIP MESSAGE',
  ),
  generateForClient: flagSetting(
    false,
    'make the `delivered` notification for clients that cannot',
  ),
  sendDeliveredOnHandover: flagSetting(
    true,
    'send `delivered` when a message is handed to a message store',
  ),
  sendFailed: flagSetting(true, 'send `failed` when a message cannot be delivered'),
  sendFailedOnExpiry: flagSetting(true, 'send `failed` when a waiting message expires'),
  recordRoute: flagSetting(true, 'have notifications come back through this focus'),
  aggregate: flagSetting(false, 'join several notifications to one sender into one'),
});

const roster = v.object({
  unsubscribeAfterDelivery: flagSetting(
    true,
    "end the subscription to the group's roster once the client is back in the session",
  ),
});

const group = v.object({
  inviteFeatureTag: choiceSetting(
    ['session', 'session.group'],
    'session',
    'feature tag in the INVITE that delivers a group chat; both are accepted',
  ),
  membersMax: numberSetting(
    100,
    { min: 2, max: 1000, unit: 'members' },
    'members of a group session of the own focus',
  ),
});

const log = v.object({
  level: choiceSetting(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
    'least serious lines that are logged',
  ),
  identities: flagSetting(false, 'log identities in full instead of a salted hash'),
});

const tls = v.object({
  certFile: optionalTextSetting(anyText, {
    type: fileType,
    meaning: 'certificate chain (PEM) of the TLS ports',
    remedy: fileRemedy,
  }),
  keyFile: optionalTextSetting(anyText, {
    type: fileType,
    meaning: 'private key (PEM) of the TLS ports',
    remedy: fileRemedy,
  }),
});

const aws = v.object({
  table: textSetting('rejoin', tableName, {
    type: 'table name',
    meaning: 'DynamoDB table of the `aws:` store',
    remedy: 'give the name of a table, of 3 characters or more',
  }),
  queuePrefix: textSetting('rejoin-', resourceName, {
    type: 'text',
    meaning: 'start of the names of the SQS queues of the `aws:` store',
    remedy: 'give letters, digits, hyphens or underscores',
  }),
  bodiesBucket: optionalTextSetting(bucketName, {
    type: 'bucket name',
    meaning: 'S3 bucket of large messages of the `aws:` store; without it they stand in the table',
    remedy: 'give the name of a bucket, of 3 to 63 lower-case letters, digits, hyphens or dots',
  }),
});

/** The schema of all settings; read it with the functions of `settings.ts` and `settings-table.ts`. */
export const settingsSchema = v.object({
  domain: textSetting('rejoin.test', hostName, {
    type: 'domain name',
    meaning: 'the SIP domain served',
    remedy: 'give a domain name such as example.com',
  }),
  host: textSetting('127.0.0.1', reachableHost, {
    type: 'address',
    meaning: 'address bound and advertised',
    remedy: 'give one address of this machine that peers can reach (0.0.0.0 is none)',
  }),
  sip,
  msrp,
  http: v.object({
    port: portSetting(8080, 'status page, `/api`, `/healthz`, `/readyz`, `/metrics`'),
  }),
  store: textSetting('sqlite:data/rejoin.db', storeName, {
    type: '`memory:`, `sqlite:<file>` or `aws:`',
    meaning: 'where state and waiting messages are kept (`AWS_ENDPOINT_URL` is honoured)',
    remedy: 'give memory:, sqlite:<file> or aws:',
  }),
  network: choiceSetting(
    ['registrar', 'ims'],
    'registrar',
    'who registers clients: this server (digest), or an IMS core that sends third-party REGISTER',
  ),
  usersFile: optionalTextSetting(anyText, {
    type: fileType,
    meaning:
      'JSON: `[{"uri": "sip:alice@rejoin.test", "password": "…"}]`; without it, on loopback only, demo users with password `demo`',
    remedy: fileRemedy,
  }),
  trustedPeers: optionalTextsSetting(v.IP_REGEX, {
    type: 'list of addresses',
    meaning: 'whose P-Asserted-Identity, third-party REGISTER and `isfocus` are believed',
    remedy: 'give IP addresses (with commas between them in the environment)',
    defaultText: '`127.0.0.1` on loopback, else none',
  }),
  adminToken: optionalTextSetting(/^[\x21-\x7e]{8,}$/, {
    type: 'text',
    meaning:
      'bearer token for `/api` and `/metrics`; without one HTTP answers only where called by a name of this machine',
    remedy: 'give at least 8 visible ASCII characters without blanks',
    defaultText: 'none on loopback; needed otherwise',
    isSecret: true,
  }),
  answerTimeoutMs: delaySetting(
    30_000,
    'how long an INVITE to a client may go unanswered before the session is deferred',
  ),
  groupIdleMs: idleSetting(
    300_000,
    'a group session without traffic for so long is ended by the focus (its state is kept); 0: never',
  ),
  clientIdleMs: idleSetting(0, "a client's idle leg is ended after so long; 0: never"),
  deferredLifetimeS: lifetimeSetting(2_592_000, 'how long a deferred message is kept'),
  imdnLifetimeS: lifetimeSetting(604_800, 'how long a deferred notification is kept'),
  messageBytesMax: numberSetting(
    1_048_576,
    { min: 1, max: 1_073_741_824, unit: 'bytes' },
    'larger messages get 413',
  ),
  deferral,
  delivery,
  imdn,
  roster,
  group,
  log,
  tls,
  aws,
});
