/** A deployment of the service stack on a stand-in, as `npm run deploy:local` makes it; and edges that work on it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { edgeEnvironment, outputsFile } from '../../infra/local-plan.ts';
import { Server } from '../kit/server.ts';

export const endpoint = process.env.TEST_QUEUE_ENDPOINT ?? '';
export const deployMs = 300_000;

export type Deployment = {
  readonly outputs: Readonly<Record<string, string>>;
  /** What an edge has to be told to work on it. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Deploys the service stack under a name. */
export async function deploy(name: string): Promise<Deployment> {
  const words = ['infra/deploy-local.ts', '--no-edge', '--name', name];
  await promisify(execFile)(process.execPath, words, {
    env: { ...process.env, AWS_ENDPOINT_URL: endpoint },
    maxBuffer: 2 ** 26,
  });
  const stacks = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const outputs = stacks[`${name}-service`] ?? {};
  return {
    outputs,
    environment: { AWS_ENDPOINT_URL: endpoint, ...edgeEnvironment(outputs) },
  };
}

/** An edge of its own process, not started yet; the users' password is `demo`. */
export function edgeOn(
  { environment }: Deployment,
  names: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Server {
  const users = names.map((name) => ({ uri: `sip:${name}@rejoin.test`, password: 'demo' }));
  return new Server({ ...environment, ...settings }, users);
}
