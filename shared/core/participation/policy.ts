/** What the operator may choose about participations (decisions.md, settings). */
export type Policy = {
  /** Answers of the client to a group delivery that discard what waits. */
  readonly discardCodes: readonly number[];
};

export const defaultPolicy: Policy = { discardCodes: [603] };
