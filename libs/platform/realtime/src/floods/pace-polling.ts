import type { EngineTransport } from '../engine-connection.js';
import type { Pacer } from './pacer.js';

/** Between the packets of a payload (Engine.IO 4). */
const SEPARATOR = '\x1e';
/** Packets in the body of one request; more are no client's. */
const MAX_PACKETS = 1_000;

interface PollingTransport extends EngineTransport {
  /** Takes the body of a POST apart; a private method of Engine.IO (pinned version, `floods.e2e.spec.ts`). */
  onData(body: string | Buffer): void;
  listeners(event: 'packet'): ((packet: unknown) => void)[];
  removeAllListeners(event: 'packet'): void;
  on(event: 'packet', listener: (packet: unknown) => void): void;
  prependOnceListener(event: 'close', listener: () => void): void;
}

/** Lets the packets of a polling transport pass one by one; a body with too many of them ends the session. */
export function pacePolling(transport: EngineTransport, pacer: Pacer, flooded: () => void): void {
  const polling = transport as PollingTransport;
  const takeApart = polling.onData;
  polling.onData = (body) => {
    pacer.read(body.length);
    if (hasTooMany(body)) flooded();
    else takeApart.call(polling, body);
  };
  const heard = polling.listeners('packet');
  polling.removeAllListeners('packet');
  polling.on('packet', (packet) => {
    const tell = (): void => heard.forEach((listener) => listener(packet));
    if (pacer.pass()) tell();
    else pacer.wait(tell);
  });
  polling.prependOnceListener('close', () => pacer.finish());
}

function hasTooMany(body: string | Buffer): boolean {
  let packets = 1;
  for (
    let at = body.indexOf(SEPARATOR);
    at >= 0 && packets <= MAX_PACKETS;
    at = body.indexOf(SEPARATOR, at + 1)
  )
    packets += 1;
  return packets > MAX_PACKETS;
}
