import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PeakMeter } from './peak-meter.js';

interface WavFormat {
  encoding: number;
  channels: number;
  sampleRate: number;
  blockBytes: number;
  bits: number;
  dataStart: number;
  dataBytes: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const MAX_CHUNKS = 100;

/** Peaks of the first channel of a PCM or float WAV; undefined for what else a WAV may hold. */
export async function wavMeter(path: string): Promise<PeakMeter | undefined> {
  const format = await readFormat(path);
  const sample = format && sampleReader(format);
  if (!sample) return undefined;
  const { blockBytes, dataStart, dataBytes, sampleRate } = format;
  const meter = new PeakMeter(sampleRate);
  const end = dataStart + Math.floor(dataBytes / blockBytes) * blockBytes - 1;
  if (end < dataStart) return meter;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { start: dataStart, end }) as AsyncIterable<Buffer>) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const blocks = Math.floor(bytes.length / blockBytes);
    const samples = new Float32Array(blocks);
    for (let index = 0; index < blocks; index += 1) samples[index] = sample(bytes, index * blockBytes);
    meter.add(samples);
    rest = bytes.subarray(blocks * blockBytes);
  }
  return meter;
}

/** By its format and the bytes that are there, whatever its header says of their number; undefined without any. */
export async function wavSeconds(path: string): Promise<number | undefined> {
  const format = await readFormat(path);
  return (format && format.dataBytes / format.blockBytes / format.sampleRate) || undefined;
}

function sampleReader({ encoding, bits }: WavFormat): ((bytes: Buffer, at: number) => number) | undefined {
  if (encoding === FLOAT) return bits === 32 ? (bytes, at) => bytes.readFloatLE(at) : undefined;
  if (encoding !== PCM) return undefined;
  switch (bits) {
    case 8:
      return (bytes, at) => (bytes.readUInt8(at) - 128) / 128;
    case 16:
      return (bytes, at) => bytes.readInt16LE(at) / 0x8000;
    case 24:
      return (bytes, at) => bytes.readIntLE(at, 3) / 0x800000;
    case 32:
      return (bytes, at) => bytes.readInt32LE(at) / 0x80000000;
    default:
      return undefined;
  }
}

async function readFormat(path: string): Promise<WavFormat | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = async (position: number, length: number): Promise<Buffer> =>
      (await file.read(Buffer.alloc(length), 0, length, position)).buffer;
    let format: Omit<WavFormat, 'dataStart' | 'dataBytes'> | undefined;
    let position = 12;
    for (let count = 0; count < MAX_CHUNKS && position + 8 <= size; count += 1) {
      const header = await read(position, 8);
      const id = header.toString('latin1', 0, 4);
      const bytes = header.readUInt32LE(4);
      const start = position + 8;
      if (id === 'fmt ') format = parseFormat(await read(start, 26));
      if (id === 'data')
        // Recorders that never came back to fill in the length leave 0 or the largest number.
        return format && { ...format, dataStart: start, dataBytes: Math.min(bytes || size, size - start) };
      position = start + bytes + (bytes % 2);
    }
    return undefined;
  } finally {
    await file.close();
  }
}

function parseFormat(fmt: Buffer): Omit<WavFormat, 'dataStart' | 'dataBytes'> | undefined {
  const tag = fmt.readUInt16LE(0);
  const format = {
    encoding: tag === EXTENSIBLE ? fmt.readUInt16LE(24) : tag,
    channels: fmt.readUInt16LE(2),
    sampleRate: fmt.readUInt32LE(4),
    blockBytes: fmt.readUInt16LE(12),
    bits: fmt.readUInt16LE(14),
  };
  const plausible =
    format.channels > 0 &&
    format.sampleRate >= 1_000 &&
    format.sampleRate <= 768_000 &&
    format.blockBytes === (format.channels * format.bits) / 8;
  return plausible ? format : undefined;
}
