import { open, type FileHandle } from 'node:fs/promises';

/** Boxes by ISO/IEC 14496-12. */
interface Box {
  name: string;
  /** Of what it holds, in the file or the buffer. */
  start: number;
  end: number;
}

interface Track {
  id: number;
  handler: string;
  timescale: number;
  /** Of a sample whose fragment does not tell; in units of the timescale. */
  sampleDuration: number;
  units: number;
}

export interface FragmentedSound {
  /** Undefined where the fragments do not tell either. */
  seconds: number | undefined;
  /** It has one track or more of sound, and nothing to see. */
  soundOnly: boolean;
}

const MAX_BOX_BYTES = 1_048_576;
const MAX_BOXES = 100_000;

/**
 * An MP4 in fragments, as recorders write it that do not know the length yet: the sum of its samples, whose durations
 * may stand at the sample, at the fragment or (`trex`) at the track. Undefined for an MP4 without fragments and for
 * damaged ones. Reads the boxes that describe samples, never the sound itself.
 */
export async function readFragmentedMp4(path: string): Promise<FragmentedSound | undefined> {
  const file = await open(path, 'r');
  try {
    let tracks: Track[] | undefined;
    let fragments = 0;
    for await (const box of topBoxes(file)) {
      if (box.name !== 'moov' && box.name !== 'moof') continue;
      const bytes = await content(file, box);
      if (box.name === 'moov') tracks = tracksOf(bytes);
      else if (tracks) addFragment(bytes, tracks);
      if (box.name === 'moof') fragments += 1;
    }
    if (!tracks || fragments === 0) return undefined;
    const sound = tracks.find(({ handler }) => handler === 'soun');
    return {
      seconds: sound && sound.timescale > 0 ? sound.units / sound.timescale || undefined : undefined,
      soundOnly: sound !== undefined && !tracks.some(({ handler }) => handler === 'vide'),
    };
  } catch (error) {
    // Offsets that lead outside a box.
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

async function* topBoxes(file: FileHandle): AsyncGenerator<Box> {
  const { size } = await file.stat();
  let at = 0;
  for (let count = 0; count < MAX_BOXES && at + 8 <= size; count += 1) {
    const head = (await file.read(Buffer.alloc(16), 0, 16, at)).buffer;
    const box = boxAt(head, at, 0, size);
    yield box;
    at = box.end;
  }
}

/** @throws RangeError for one that is too large to be what it says */
async function content(file: FileHandle, { start, end }: Box): Promise<Buffer> {
  const length = end - start;
  if (length > MAX_BOX_BYTES) throw new RangeError('The box is too large');
  return (await file.read(Buffer.alloc(length), 0, length, start)).buffer;
}

/** @param from where the box begins, @param head what it begins with at `offset`, @param limit where its parent ends */
function boxAt(head: Buffer, from: number, offset: number, limit: number): Box {
  const size = head.readUInt32BE(offset);
  const long = size === 1;
  const length = size === 0 ? limit - from : long ? Number(head.readBigUInt64BE(offset + 8)) : size;
  if (length < (long ? 16 : 8)) throw new RangeError('A box without a length');
  const name = head.toString('latin1', offset + 4, offset + 8);
  return { name, start: from + (long ? 16 : 8), end: Math.min(from + length, limit) };
}

function* boxesIn(bytes: Buffer, start = 0, end = bytes.length): Generator<Box> {
  for (let at = start; at + 8 <= end;) {
    const box = boxAt(bytes, at, at, end);
    yield box;
    at = box.end;
  }
}

/** What the boxes of these names hold, along the path. */
function* within(bytes: Buffer, ...[name, ...rest]: string[]): Generator<Buffer> {
  for (const box of boxesIn(bytes)) {
    if (box.name !== name) continue;
    const inner = bytes.subarray(box.start, box.end);
    if (rest.length === 0) yield inner;
    else yield* within(inner, ...rest);
  }
}

function tracksOf(moov: Buffer): Track[] {
  const defaults = new Map(
    [...within(moov, 'mvex', 'trex')].map((trex) => [trex.readUInt32BE(4), trex.readUInt32BE(12)]),
  );
  return [...within(moov, 'trak')].map((trak) => {
    const [tkhd] = within(trak, 'tkhd');
    const [mdhd] = within(trak, 'mdia', 'mdhd');
    const [hdlr] = within(trak, 'mdia', 'hdlr');
    if (!tkhd || !mdhd || !hdlr) throw new RangeError('A track without its headers');
    // Version 1 has times of 8 bytes before it.
    const id = tkhd.readUInt32BE(tkhd[0] === 1 ? 20 : 12);
    return {
      id,
      handler: hdlr.toString('latin1', 8, 12),
      timescale: mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12),
      sampleDuration: defaults.get(id) ?? 0,
      units: 0,
    };
  });
}

function addFragment(moof: Buffer, tracks: readonly Track[]): void {
  for (const traf of within(moof, 'traf')) {
    const [tfhd] = within(traf, 'tfhd');
    const track = tfhd && tracks.find(({ id }) => id === tfhd.readUInt32BE(4));
    if (!track) continue;
    for (const trun of within(traf, 'trun'))
      track.units += unitsOf(trun, defaultOf(tfhd) ?? track.sampleDuration);
  }
}

/** The fragment's own duration of a sample. */
function defaultOf(tfhd: Buffer): number | undefined {
  const flags = tfhd.readUInt32BE(0);
  const at = 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
  return flags & 0x8 ? tfhd.readUInt32BE(at) : undefined;
}

function unitsOf(trun: Buffer, sampleDuration: number): number {
  const flags = trun.readUInt32BE(0);
  const count = trun.readUInt32BE(4);
  if (!(flags & 0x100)) return count * sampleDuration;
  const stride = [0x100, 0x200, 0x400, 0x800].filter((field) => flags & field).length * 4;
  const first = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  let units = 0;
  for (let index = 0; index < count; index += 1) units += trun.readUInt32BE(first + index * stride);
  return units;
}
