/** Whether the ports of the settings are to be had, or are held by the process that runs. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6 } from 'node:net';
import { codeOf, listenError } from '../../edge/runtime/listen-error.ts';
import type { Settings } from '../../shared/settings.ts';
import { type Check, fail, ok, warn } from './check.ts';

type Port = {
  readonly setting: string;
  readonly port: number;
  readonly protocols: readonly ('tcp' | 'udp')[];
};

export async function checkPorts(
  settings: Settings,
  isRunning: boolean,
): Promise<readonly Check[]> {
  const ports: readonly Port[] = [
    { setting: 'REJOIN_SIP_PORT (sip.port)', port: settings.sip.port, protocols: ['tcp', 'udp'] },
    { setting: 'REJOIN_MSRP_PORT (msrp.port)', port: settings.msrp.port, protocols: ['tcp'] },
    { setting: 'REJOIN_HTTP_PORT (http.port)', port: settings.http.port, protocols: ['tcp'] },
  ];
  return await Promise.all(ports.map((port) => checkPort(settings.host, port, isRunning)));
}

async function checkPort(host: string, asked: Port, isRunning: boolean): Promise<Check> {
  const { setting, port, protocols } = asked;
  const name = `port ${setting.split(' ')[0]}`;
  if (port === 0) return ok(name, 'a free one each time');
  const where = `${host}:${port} (${protocols.join(', ')})`;
  try {
    for (const protocol of protocols) await bind(protocol, host, port);
  } catch (error) {
    const isTaken = codeOf(error) === 'EADDRINUSE';
    if (isTaken && isRunning) return ok(name, `${where} is taken, while the process runs`);
    const { message } = listenError({ host, port, setting }, error);
    const [detail = message, remedy = 'change the setting'] = message.split('; ');
    return fail(name, detail, remedy);
  }
  if (!isRunning) return ok(name, `${where} is free`);
  return warn(
    name,
    `${where} is free, though a process runs`,
    'the process has other settings than these: give the same --config and environment',
  );
}

/** Takes a port for a moment; throws if it isn't to be had. */
async function bind(protocol: 'tcp' | 'udp', host: string, port: number): Promise<void> {
  if (protocol === 'tcp') {
    const server = createServer();
    server.listen({ host, port });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return;
  }
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.bind({ address: host, port });
    await once(socket, 'listening');
  } finally {
    socket.close();
  }
}
