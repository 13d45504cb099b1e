import { createReadStream } from 'node:fs';
import pLimit from 'p-limit';
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

/** A decoder that works in a thread of its own. */
interface Decoder {
  ready: Promise<void>;
  decode(data: Uint8Array): Promise<Decoded>;
  flush?(): Promise<Decoded>;
  free(): Promise<void>;
  terminate?(): void;
}

const NOTHING: MeasuredSound = { peaks: null, seconds: undefined };
/** Longer recordings are drawn without peaks: nobody waits that long for an upload. */
const MAX_SECONDS = 1_800;
const TIMEOUT_MS = 15_000;
const CHUNK_BYTES = 32_768;
const PACKETS_AT_ONCE = 250;
const AT_ONCE = 2;

const queue = pLimit(AT_ONCE);

/**
 * Peaks of a recording: wav by our own reader; mp3, Ogg (Opus, Vorbis) and webm (Opus) by WebAssembly decoders in
 * threads, which also tell how long it is. AAC (m4a) has no decoder under a licence that this project could ship: null.
 */
export async function peaksOf(
  path: string,
  type: AudioTypeName,
  codec: string | undefined,
  seconds: number | undefined,
): Promise<MeasuredSound> {
  if (type !== 'mp3' && (seconds ?? 0) > MAX_SECONDS) return NOTHING;
  try {
    return await queue(() => measure(path, type, codec ?? ''));
  } catch {
    // A recording that a decoder stumbles over is still a recording.
    return NOTHING;
  }
}

async function measure(path: string, type: AudioTypeName, codec: string): Promise<MeasuredSound> {
  if (type === 'wav') return result(await wavMeter(path));
  if (type === 'mp3') {
    const { MPEGDecoderWebWorker } = await import('mpg123-decoder');
    return decoded(new MPEGDecoderWebWorker() as unknown as Decoder, fileChunks(path));
  }
  if (type === 'ogg' && /opus/i.test(codec)) {
    const { OggOpusDecoderWebWorker } = await import('ogg-opus-decoder');
    return decoded(new OggOpusDecoderWebWorker() as unknown as Decoder, fileChunks(path));
  }
  if (type === 'ogg' && /vorbis/i.test(codec)) {
    const { OggVorbisDecoderWebWorker } = await import('@wasm-audio-decoders/ogg-vorbis');
    return decoded(new OggVorbisDecoderWebWorker() as unknown as Decoder, fileChunks(path));
  }
  if (type === 'webm') return measureWebm(path);
  return NOTHING;
}

async function measureWebm(path: string): Promise<MeasuredSound> {
  const channels = await opusChannels(path);
  if (channels === undefined) return NOTHING;
  const { OpusDecoderWebWorker } = await import('opus-decoder');
  const worker = new OpusDecoderWebWorker({ channels });
  const decoder: Decoder = {
    ready: worker.ready,
    free: () => worker.free(),
    terminate: () => (worker as unknown as { terminate(): void }).terminate(),
    decode: (packet) => worker.decodeFrames([packet]),
  };
  return decoded(decoder, opusPackets(path, PACKETS_AT_ONCE), (group) => worker.decodeFrames(group));
}

const fileChunks = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>;

/** Decodes piece by piece and keeps only the peaks. A decoder that hangs ends with its thread. */
async function decoded<P = Uint8Array>(
  decoder: Decoder,
  pieces: AsyncIterable<P>,
  decode: (piece: P) => Promise<Decoded> = (piece) => decoder.decode(piece as Uint8Array),
): Promise<MeasuredSound> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    deadline = setTimeout(() => reject(new Error('Decoding took too long')), TIMEOUT_MS);
  });
  const work = async (): Promise<MeasuredSound> => {
    await decoder.ready;
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
  };
  try {
    const measured = await Promise.race([work(), late]);
    await decoder.free();
    return measured;
  } catch (error) {
    decoder.terminate?.();
    throw error;
  } finally {
    clearTimeout(deadline);
  }
}

function result(meter: PeakMeter | undefined): MeasuredSound {
  return meter ? { peaks: meter.peaks(), seconds: meter.seconds || undefined } : NOTHING;
}
