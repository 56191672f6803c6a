/**
 * Single faults that are planted into a copy of the sources, to see that the simulator finds them: each is one textual change, with the
 * name of what is wrong then. A change whose text is not found is an error: the list goes with the sources.
 */
export type Fault = {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
};

const participating = 'edge/participating';
const core = 'shared/core/participation';
const app = 'shared/app';

export const faults: readonly Fault[] = [
  {
    name: 'acknowledge before storing',
    file: 'edge/runtime/outbox.ts',
    from: 'group.waiting.push({ entry, untilMs, done });',
    to: 'group.waiting.push({ entry, untilMs, done: () => {} }); queueMicrotask(() => done(true));',
  },
  {
    name: 'take a failed hand-over for a good one',
    file: 'edge/runtime/outbox.ts',
    from: '      this.#options.failed(error);\n      return false;',
    to: '      this.#options.failed(error);\n      return true;',
  },
  {
    name: 'give up messages in time but say that they are stored',
    file: 'edge/runtime/outbox.ts',
    from: '      this.#size--;\n      waiting.done(false);',
    to: '      this.#size--;\n      waiting.done(true);',
  },
  {
    name: 'forget the cursor',
    file: `${core}/presence.ts`,
    from: '? become(state, { cursor: event.cursor, last: Math.max(state.last, event.cursor) })',
    to: '? ignore(state)',
  },
  {
    name: 'move the cursor to what was sent, not to what was acknowledged',
    file: `${participating}/delivery.ts`,
    from: '    entry.isAcknowledged = true;',
    to: '    for (const sent of this.#sent) sent.isAcknowledged = true;',
  },
  {
    name: 'send more than the window',
    file: `${participating}/delivery.ts`,
    from: 'return this.#unconfirmed < windowMessagesMax && bytes <= windowBytesMax;',
    to: 'return bytes <= windowBytesMax;',
  },
  {
    name: 'drop what a lost client had not acknowledged',
    file: `${participating}/live-window.ts`,
    from: '    return open;\n',
    to: '    return open.slice(open.length);\n',
  },
  {
    name: 'store live messages of a lost client in the wrong order',
    file: `${participating}/live-window.ts`,
    from: '    return open;\n',
    to: '    return open.reverse();\n',
  },
  {
    name: 'answer the re-join beside our INVITE with 200 instead of 491',
    file: `${core}/presence.ts`,
    from: 'return become(state, {}, [refuse(event.call, requestPending)]);',
    to: 'return become(state, {}, [accept(state, event.call)]);',
  },
  {
    name: 'skip the epoch check',
    file: `${core}/fold.ts`,
    from: "  if (source.epoch < state.epoch) return beginsEpoch.has(event.kind) ? 'replay' : 'stale';\n  if (isOthers(state, source, event)) return 'stale';",
    to: '',
  },
  {
    name: 'decide again on a replay',
    file: `${core}/fold.ts`,
    from: "return source.counter > state.counter ? 'apply' : 'replay';",
    to: "return 'apply';",
  },
  {
    name: 'keep the epoch at a take-over',
    file: `${core}/transition.ts`,
    from: 'return { ...state, epoch: epochOfFunctions(state.epoch), counter: 0 };',
    to: 'return { ...state, counter: 0 };',
  },
  {
    name: 'go live while stored messages are still under way',
    file: `${participating}/delivery.ts`,
    from: 'this.#sent.length === this.#sentAt',
    to: 'this.#sent.length >= this.#sentAt',
  },
  {
    name: 'keep after 603',
    file: `${core}/policy.ts`,
    from: '{ discardCodes: [603] }',
    to: '{ discardCodes: [] }',
  },
  {
    name: 'take a voluntary leave for a loss',
    file: `${participating}/departure.ts`,
    from: "participant.report(nowMs, { kind: 'client-left' });",
    to: "participant.report(nowMs, { kind: 'client-lost', trigger: 'bye', last: participant.bridge.last });",
  },
  {
    name: 'send effects before the commit, and none after it',
    file: `${app}/handle-participation.ts`,
    from: '    const outcome = await ports.store.commit(itemOf(ports, name, { record, version }));\n    if',
    to: "    await carryOut(ports, name, { version, changedAtMs: record.state.changedAtMs, effects });\n    const outcome = await ports.store.commit(itemOf(ports, name, { record, version }));\n    if (outcome.kind === 'committed') return;\n    if",
  },
  {
    name: 'forget the effects of a write that was cut short',
    file: `${app}/handle-participation.ts`,
    from: 'if (folded.isReplay && item',
    to: 'if (!folded.isReplay && item',
  },
  {
    name: 'commit over the write of another',
    file: 'shared/memory/memory-store.ts',
    from: 'if ((current?.version ?? 0) !== item.version - 1) return conflict(current);',
    to: '',
  },
  {
    name: 'lose the tie between loss and registration',
    file: `${app}/handle-participation.ts`,
    from: 'if (registration === undefined || registration.atMs < sinceMs) return;',
    to: 'if (registration === undefined || sinceMs >= 0) return;',
  },
  {
    name: 'tell nobody of a registration',
    file: `${app}/handle-registration.ts`,
    from: '  await tellParticipations(ports, registration);\n}',
    to: '  if (events.length > 99) await tellParticipations(ports, registration);\n}',
  },
  {
    name: 'discard what waits when the client is lost in a delivery',
    file: `${core}/absence.ts`,
    from: "return become(withoutOwner(known), { ...away, phase: 'inactive' }, search);",
    to: 'return end(state);',
  },
  {
    name: 'put the segments of a batch in another order',
    file: `${app}/handle-participation.ts`,
    from: '  await ports.store.append(segments);',
    to: '  const behind = ports.store.append(segments.slice(1));\n  await ports.store.append(segments.slice(0, 1));\n  await behind;',
  },
  {
    name: 'skip the segments',
    file: `${app}/handle-participation.ts`,
    from: '  await ports.store.append(segments);',
    to: '  await ports.store.append(segments.filter(({ count }) => count > 1));',
  },
  {
    name: 'leave the older session of a client open',
    file: `${participating}/client-side.ts`,
    from: '    older?.bye(nowMs, [elsewhere]);',
    to: '',
  },
  {
    name: 'forget what was sent before a broken connection',
    file: `${participating}/arrival.ts`,
    from: 'return this.#ids.get(messageId);',
    to: 'return messageId.length > 200 ? this.#ids.get(messageId) : undefined;',
  },
  {
    name: 'take nothing over from a lost edge',
    file: `${app}/recover.ts`,
    from: '    if (entries.length > 0) await ports.queue.send(entries);',
    to: '',
  },
];
