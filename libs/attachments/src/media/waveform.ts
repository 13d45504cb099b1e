import { createReadStream } from 'node:fs';
import type { AudioTypeName } from './audio.js';
import { PeakMeter } from './peak-meter.js';
import { wavMeter } from './wav.js';
import { opusChannels, opusPackets } from './webm.js';

export interface MeasuredSound {
  peaks: number[] | null;
  /** What was decoded; for files that do not tell their length. */
  seconds: number | undefined;
}

interface Decoded {
  channelData: Float32Array[];
  sampleRate: number;
}

interface Decoder {
  ready: Promise<void>;
  decode(data: Uint8Array): Decoded | Promise<Decoded>;
  flush?(): Promise<Decoded>;
  free(): void;
}

const NOTHING: MeasuredSound = { peaks: null, seconds: undefined };
/** Longer recordings are drawn without peaks: nobody waits that long for an upload. */
const MAX_SECONDS = 1_800;
const CHUNK_BYTES = 32_768;
const PACKETS_AT_ONCE = 250;

/**
 * Peaks of a recording: wav by our own reader; mp3, Ogg (Opus, Vorbis) and webm (Opus) by WebAssembly decoders, which
 * also tell how long it is. AAC (m4a) has no decoder under a licence that this project could ship: null. Holds its
 * thread all the while, and damaged files may make it hold it for ever: called in a process that is ended then.
 */
export async function peaksOf(
  path: string,
  type: AudioTypeName,
  codec: string | undefined,
  seconds: number | undefined,
): Promise<MeasuredSound> {
  if (type !== 'mp3' && (seconds ?? 0) > MAX_SECONDS) return NOTHING;
  try {
    return await measure(path, type, codec ?? '');
  } catch {
    // A recording that a decoder stumbles over is still a recording.
    return NOTHING;
  }
}

async function measure(path: string, type: AudioTypeName, codec: string): Promise<MeasuredSound> {
  if (type === 'wav') return result(await wavMeter(path));
  if (type === 'mp3') {
    const { MPEGDecoder } = await import('mpg123-decoder');
    return decoded(new MPEGDecoder() as unknown as Decoder, fileChunks(path));
  }
  if (type === 'ogg' && /opus/i.test(codec)) {
    const { OggOpusDecoder } = await import('ogg-opus-decoder');
    return decoded(new OggOpusDecoder() as unknown as Decoder, fileChunks(path));
  }
  if (type === 'ogg' && /vorbis/i.test(codec)) {
    const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
    return decoded(new OggVorbisDecoder() as unknown as Decoder, fileChunks(path));
  }
  if (type === 'webm') return measureWebm(path);
  return NOTHING;
}

async function measureWebm(path: string): Promise<MeasuredSound> {
  const channels = await opusChannels(path);
  if (channels === undefined) return NOTHING;
  const { OpusDecoder } = await import('opus-decoder');
  const opus = new OpusDecoder({ channels });
  const decoder: Decoder = {
    ready: opus.ready,
    free: () => opus.free(),
    decode: (packet) => opus.decodeFrames([packet]),
  };
  return decoded(decoder, opusPackets(path, PACKETS_AT_ONCE), (group) => opus.decodeFrames(group));
}

const fileChunks = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>;

/** Decodes piece by piece and keeps only the peaks. */
async function decoded<P = Uint8Array>(
  decoder: Decoder,
  pieces: AsyncIterable<P>,
  decode: (piece: P) => Decoded | Promise<Decoded> = (piece) => decoder.decode(piece as Uint8Array),
): Promise<MeasuredSound> {
  await decoder.ready;
  try {
    let meter: PeakMeter | undefined;
    const take = ({ channelData, sampleRate }: Decoded): void => {
      if (channelData[0]?.length) (meter ??= new PeakMeter(sampleRate)).add(channelData[0]);
    };
    for await (const piece of pieces) {
      take(await decode(piece));
      if ((meter?.seconds ?? 0) > MAX_SECONDS) return NOTHING;
    }
    if (decoder.flush) take(await decoder.flush());
    return result(meter);
  } finally {
    decoder.free();
  }
}

function result(meter: PeakMeter | undefined): MeasuredSound {
  return meter ? { peaks: meter.peaks(), seconds: meter.seconds || undefined } : NOTHING;
}
