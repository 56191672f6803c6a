/** Whether the settings hold, those of the users file among them. */
import { statSync } from 'node:fs';
import { unsupportedProblems } from '../../edge/runtime/unsupported.ts';
import type { Settings } from '../../shared/settings.ts';
import { loadUsers } from '../../shared/users.ts';
import { type ReadSettings, readFile } from '../settings.ts';
import { counted } from '../table.ts';
import { type Check, fail, ok, warn } from './check.ts';

const readByOthers = 0o077;

export function checkSettings(read: ReadSettings): readonly Check[] {
  const problems = read.kind === 'refused' ? read.problems : unsupportedProblems(read.settings);
  if (problems.length === 0) return [ok('settings', 'complete and consistent')];
  // Each problem says by itself what to do.
  return problems.map((problem) => fail('settings', problem, 'change that setting'));
}

export function checkUsers({ usersFile, domain, network, trustedPeers }: Settings): Check {
  if (network === 'ims') return checkCore(trustedPeers);
  const loaded = loadUsers({ usersFile, domain, readFile });
  if (loaded.kind === 'refused') {
    return fail('users', loaded.problems.join(' '), 'mend the file, or add users by users add');
  }
  if (usersFile === undefined) {
    return warn(
      'users',
      'the demo users, with a password that everybody knows',
      'fine on loopback; else set REJOIN_USERS_FILE (usersFile)',
    );
  }
  const detail = `${counted(loaded.users.length, 'user')} in ${usersFile}`;
  if ((statSync(usersFile).mode & readByOthers) === 0) return ok('users', detail);
  return warn('users', `${detail}, whose passwords others can read`, `chmod 600 ${usersFile}`);
}

function checkCore(trustedPeers: Settings['trustedPeers']): Check {
  if (trustedPeers.length > 0) {
    return ok('users', `registered by an IMS core at ${trustedPeers.join(', ')}`);
  }
  const remedy = 'set REJOIN_TRUSTED_PEERS (trustedPeers) to the addresses of its S-CSCFs';
  return warn('users', 'an IMS core registers them, and none is trusted', remedy);
}
