import { readFile } from 'node:fs/promises';

/** Elements of EBML (RFC 8794, RFC 9559) that lead to the sound. */
const CONTAINERS = new Set([0x18538067, 0x1f43b675, 0xa0, 0x1654ae6b, 0xae, 0xe1]);
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const CODEC_ID = 0x86;
const CHANNELS = 0x9f;
const MAX_DEPTH = 6;

export interface OpusPackets {
  channels: number;
  packets: Uint8Array[];
}

/**
 * The Opus packets of a webm, as browsers record it: one track, blocks without lacing, often without lengths ("live").
 * Undefined for any other codec. Reads the whole file: the caller bounds its size.
 */
export async function opusPackets(path: string): Promise<OpusPackets | undefined> {
  const reader = new WebmReader(await readFile(path));
  reader.walk(0, reader.length, 0);
  if (reader.codec !== 'A_OPUS' || reader.packets.length === 0) return undefined;
  return { channels: reader.channels === 2 ? 2 : 1, packets: reader.packets };
}

class WebmReader {
  codec = '';
  channels = 1;
  readonly packets: Uint8Array[] = [];

  constructor(private readonly bytes: Buffer) {}

  get length(): number {
    return this.bytes.length;
  }

  walk(from: number, to: number, depth: number): void {
    let at = from;
    while (at < to) {
      const id = this.number(at, false);
      const size = id && this.number(at + id.length, true);
      if (!id || !size) return;
      const start = at + id.length + size.length;
      // Unknown length: up to the end of what it is in; its siblings are then read as its children.
      const end = size.unknown ? to : Math.min(start + size.value, to);
      if (CONTAINERS.has(id.value) && depth < MAX_DEPTH) this.walk(start, end, depth + 1);
      else this.take(id.value, start, end);
      at = end;
    }
  }

  private take(id: number, start: number, end: number): void {
    if (id === CODEC_ID) this.codec = this.bytes.toString('latin1', start, end).replaceAll('\u0000', '');
    if (id === CHANNELS && end > start)
      this.channels = this.bytes.readUIntBE(start, Math.min(6, end - start));
    if (id !== SIMPLE_BLOCK && id !== BLOCK) return;
    const track = this.number(start, true);
    if (!track) return;
    const flags = start + track.length + 2;
    const laced = ((this.bytes[flags] ?? 0) & 0x06) !== 0;
    if (!laced && flags + 1 < end) this.packets.push(this.bytes.subarray(flags + 1, end));
  }

  /** A variable-length number; its marker bit is part of an id, and not of a size. */
  private number(
    at: number,
    isSize: boolean,
  ): { value: number; length: number; unknown: boolean } | undefined {
    const first = this.bytes[at];
    if (first === undefined || first === 0) return undefined;
    const length = Math.clz32(first) - 23;
    if (at + length > this.bytes.length) return undefined;
    let value = isSize ? first & (0xff >> length) : first;
    let unknown = isSize && value === 0xff >> length;
    for (let index = 1; index < length; index += 1) {
      const byte = this.bytes[at + index] as number;
      value = value * 256 + byte;
      unknown &&= byte === 0xff;
    }
    return { value, length, unknown };
  }
}
