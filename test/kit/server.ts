/** The product as a process of its own: start on free ports and a folder of its own, kill -9, start again on the same data, SIGTERM. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './wait.ts';

/** As `npm start` runs it. */
export const nodeOptions = [
  '--max-semi-space-size=4',
  '--heap-growing-percent=20',
  '--initial-old-space-size=24',
];
/** Seconds where much else runs. */
const startMs = 30_000;
export const mainFile = new URL('../../edge/main.ts', import.meta.url).pathname;

export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rejoin-test-'));
  readonly #settings: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #output = '';
  #isUp = false;
  #ports: readonly string[] = ['0', '0', '0'];

  constructor(
    settings: Readonly<Record<string, string>> = {},
    users: readonly { readonly uri: string; readonly password: string }[] = [],
  ) {
    if (users.length === 0) {
      this.#settings = settings;
      return;
    }
    const usersFile = join(this.#folder, 'users.json');
    writeFileSync(usersFile, JSON.stringify(users));
    this.#settings = { ...settings, REJOIN_USERS_FILE: usersFile };
  }

  get msrpPort(): number {
    return Number(this.#ports[1]);
  }

  /** Of the process that runs. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Ready, and not asked to end. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  get sip(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: Number(this.#ports[0]) };
  }

  /** Starts it and waits for its line `ready`; after a first start the ports stay the same. */
  async start(): Promise<this> {
    this.launch();
    const line = await until('the server is ready', () => this.#readyLine(), startMs);
    const ports = [...line.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => match[1] ?? '0');
    this.#ports = ports;
    this.#isUp = true;
    return this;
  }

  /** Its first line; one that has ended instead has said why. */
  #readyLine(): string | undefined {
    const hasEnded = this.#process?.exitCode !== null || this.#process.signalCode !== null;
    if (hasEnded) throw new Error(`the server has ended at its start: ${this.#output}`);
    return /^ready: .*$/m.exec(this.#output)?.[0];
  }

  /** Starts it without waiting. */
  launch(): void {
    const [sip = '0', msrp = '0', http = '0'] = this.#ports;
    this.#output = '';
    const child = spawn(process.execPath, [...nodeOptions, mainFile], {
      env: {
        ...plainEnv(),
        REJOIN_SIP_PORT: sip,
        REJOIN_MSRP_PORT: msrp,
        REJOIN_HTTP_PORT: http,
        REJOIN_STORE: `sqlite:${join(this.#folder, 'rejoin.db')}`,
        ...this.#settings,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        this.#output += data.toString();
      });
    }
    this.#process = child;
  }

  /** How much waits for a user, as the API tells. */
  async waiting(user: string): Promise<number> {
    const url = `http://127.0.0.1:${this.#ports[2]}/api/participations?user=${encodeURIComponent(user)}`;
    const entries = (await (await fetch(url)).json()) as readonly { readonly waiting: number }[];
    return entries.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** What it counts. */
  async metrics(): Promise<string> {
    return await (await fetch(`http://127.0.0.1:${this.#ports[2]}/metrics`)).text();
  }

  /** Sends a signal and resolves with the exit code once it has ended. */
  async end(signal: NodeJS.Signals, limitMs?: number): Promise<number | null> {
    this.#isUp = false;
    this.#process?.kill(signal);
    return await this.exit(limitMs);
  }

  /** Resolves with the exit code. */
  async exit(limitMs?: number): Promise<number | null> {
    const child = this.#process;
    if (child === undefined) return null;
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
    await until('the server has ended', hasEnded, limitMs);
    return child.exitCode;
  }

  async close(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** This process's environment without what measures or changes how a program runs: the product is started as a user starts it. */
export function plainEnv(): NodeJS.ProcessEnv {
  const { NODE_V8_COVERAGE: _coverage, NODE_DISABLE_COMPILE_CACHE: _cache, ...rest } = process.env;
  return rest;
}
