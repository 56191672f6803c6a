/** Every parser that reads what peers send. */
import { cpimMessages, digests, imdns, multiparts, sdps } from './bodies.ts';
import type { Target } from './fuzz.ts';
import { msrpFrames, msrpUris } from './msrp.ts';
import { sipDatagram, sipStream, sipValues } from './sip.ts';
import { conferences, groupStateObjects, resourceLists } from './xml.ts';

export const targets: readonly Target[] = [
  ...[sipDatagram, sipStream, sipValues, msrpFrames, msrpUris, cpimMessages, imdns, sdps],
  ...[conferences, resourceLists, groupStateObjects, multiparts, digests],
];
