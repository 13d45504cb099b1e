import { open, type FileHandle } from 'node:fs/promises';

/** Elements of EBML (RFC 8794, RFC 9559) that lead to the sound. */
const CONTAINERS = new Set([0x18538067, 0x1f43b675, 0xa0, 0x1654ae6b, 0xae, 0xe1]);
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const CODEC_ID = 0x86;
const CHANNELS = 0x9f;
/** An id of at most 4 bytes and a length of at most 8. */
const MAX_HEAD_BYTES = 12;
const MAX_TEXT_BYTES = 64;
/** Far above any packet of sound: the longest that Opus has. */
const MAX_BLOCK_BYTES = 65_536;
const WINDOW_BYTES = 131_072;

interface Element {
  id: number;
  start: number;
  end: number;
}

/** How many channels of Opus a webm holds, 1 or 2; undefined for any other codec, and without any sound. */
export async function opusChannels(path: string): Promise<number | undefined> {
  let codec = '';
  let channels = 1;
  for await (const [{ id }, value] of valuesOf(path, [CODEC_ID, CHANNELS, SIMPLE_BLOCK, BLOCK])) {
    if (id === CODEC_ID) codec = value.toString('latin1').replaceAll('\u0000', '');
    else if (id === CHANNELS) channels = value.at(-1) === 2 ? 2 : 1;
    // What describes the track stands before what it holds.
    else return codec === 'A_OPUS' ? channels : undefined;
  }
  return undefined;
}

/**
 * The Opus packets of a webm in groups, as browsers record it: one track, blocks without lacing, often without lengths
 * ("live"). Memory holds a group, whatever the file's size.
 */
export async function* opusPackets(path: string, atOnce: number): AsyncGenerator<Uint8Array[]> {
  let group: Uint8Array[] = [];
  for await (const [, block] of valuesOf(path, [SIMPLE_BLOCK, BLOCK])) {
    const packet = packetOf(block);
    if (packet) group.push(packet);
    if (group.length < atOnce) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function packetOf(block: Buffer): Uint8Array | undefined {
  const track = numberAt(block, 0, true);
  if (!track) return undefined;
  const flags = track.length + 2;
  const laced = ((block[flags] ?? 0) & 0x06) !== 0;
  // A copy: the window that it was read from is used again.
  return laced || flags + 1 >= block.length ? undefined : Uint8Array.from(block.subarray(flags + 1));
}

/** Elements of these ids, in the file's order, with what they hold. */
async function* valuesOf(path: string, ids: readonly number[]): AsyncGenerator<[Element, Buffer]> {
  const file = await open(path, 'r');
  try {
    const window = new Window(file);
    for await (const element of elementsOf(window, (await file.stat()).size)) {
      const most = element.id === SIMPLE_BLOCK || element.id === BLOCK ? MAX_BLOCK_BYTES : MAX_TEXT_BYTES;
      if (!ids.includes(element.id) || element.end - element.start > most) continue;
      yield [element, await window.read(element.start, element.end - element.start)];
    }
  } finally {
    await file.close();
  }
}

/** What is no container, one after the other: what containers hold follows their heads, so that their ends do not matter. */
async function* elementsOf(window: Window, size: number): AsyncGenerator<Element> {
  for (let at = 0; at < size;) {
    const head = await window.read(at, MAX_HEAD_BYTES);
    const id = numberAt(head, 0, false);
    const length = id && numberAt(head, id.length, true);
    if (!id || !length) return;
    const start = at + id.length + length.length;
    at = start;
    if (CONTAINERS.has(id.value)) continue;
    at = length.unknown ? size : Math.min(start + length.value, size);
    yield { id: id.value, start, end: at };
  }
}

/** A variable-length number; its marker bit is part of an id, and not of a size. */
function numberAt(
  bytes: Buffer,
  at: number,
  isSize: boolean,
): { value: number; length: number; unknown: boolean } | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return undefined;
  let value = isSize ? first & (0xff >> length) : first;
  let unknown = isSize && value === 0xff >> length;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] as number;
    value = value * 256 + byte;
    unknown &&= byte === 0xff;
  }
  return { value, length, unknown };
}

/** Reads a file from its beginning to its end, a stretch at a time. */
class Window {
  private readonly bytes = Buffer.alloc(WINDOW_BYTES);
  private start = 0;
  private length = 0;

  constructor(private readonly file: FileHandle) {}

  /** So many bytes, or what is left of the file; valid until the next call. */
  async read(at: number, length: number): Promise<Buffer> {
    if (at < this.start || at + length > this.start + this.length) {
      const { bytesRead } = await this.file.read(this.bytes, 0, WINDOW_BYTES, at);
      this.start = at;
      this.length = bytesRead;
    }
    const from = at - this.start;
    return this.bytes.subarray(from, Math.min(from + length, this.length));
  }
}
