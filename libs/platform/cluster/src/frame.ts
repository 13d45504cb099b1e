/**
 * What servers say to each other by Redis, as bytes: a line of header, the name of the channel, the payload.
 * `message`: number `n` of all that its server has said. `beat`: the server lives, and `n` was its last message.
 * `ask`: please say `n` and the following (up to the number in the payload) again, to me alone. `gone`: what is before
 * `n` is not kept any more. `bye`: the server stops.
 */
export type FrameKind = 'message' | 'beat' | 'ask' | 'gone' | 'bye';

export interface Frame {
  kind: FrameKind;
  from: string;
  n: number;
  channel: string;
  payload: Buffer;
}

const KINDS: readonly FrameKind[] = ['message', 'beat', 'ask', 'gone', 'bye'];
const NEW_LINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/** @param from of the characters a-z, 0-9 and `-` */
export function encodeFrame(
  kind: FrameKind,
  from: string,
  n: number,
  channel = '',
  payload: string | Buffer = NOTHING,
): Buffer {
  const name = Buffer.from(channel);
  const head = Buffer.from(`${kind} ${from} ${n} ${name.length}\n`);
  return Buffer.concat([head, name, typeof payload === 'string' ? Buffer.from(payload) : payload]);
}

/** Undefined for what is no frame. */
export function decodeFrame(bytes: Buffer): Frame | undefined {
  const end = bytes.indexOf(NEW_LINE);
  const [kind, from, n, nameLength] = bytes.toString('latin1', 0, Math.max(0, end)).split(' ');
  const payloadAt = end + 1 + Number(nameLength);
  if (!KINDS.includes(kind as FrameKind) || !from || !Number.isInteger(Number(n)) || Number.isNaN(payloadAt))
    return undefined;
  return {
    kind: kind as FrameKind,
    from,
    n: Number(n),
    channel: bytes.toString('utf8', end + 1, payloadAt),
    payload: bytes.subarray(payloadAt),
  };
}
