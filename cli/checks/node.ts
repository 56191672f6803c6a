/** Whether this is the Node that the product is made for. */
import { type Check, ok, warn } from './check.ts';

/** The major version that `npm ci` installs. */
const major = 24;

export function checkNode(nodeVersion: string): Check {
  const detail = `version ${nodeVersion}`;
  if (Number(nodeVersion.split('.')[0]) === major) return ok('Node', detail);
  return warn(
    'Node',
    `${detail}, while the product is tested with ${major}`,
    'start it by npm (npm start, npm run rejoin), which takes the Node that npm ci has installed',
  );
}
