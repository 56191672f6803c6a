/** Ports as peers write them: grammars know others than there are, and the platform throws on those. */

/** Whether something may be sent to a port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535;
}
