import { DecodingError } from '../decoding/decoding-error.js';
import type { FileTypeName } from '../types/file-type.js';
import { readFragmentedMp4 } from './fragmented-mp4.js';
import { wavSeconds } from './wav.js';
import type { MeasuredSound } from './waveform.js';

export type AudioTypeName = Extract<FileTypeName, 'mp3' | 'wav' | 'ogg' | 'webm' | 'm4a'>;

export interface ProcessedAudio {
  /** Seconds; null where neither the file nor the client tells. */
  duration: number | null;
  /** Peaks for drawing, 0 to 100; null where the format cannot be decoded here. */
  waveform: number[] | null;
}

const MAX_CLAIMED_SECONDS = 3_600;

/** What a recording tells of itself before anything of it is decoded. */
export interface Sound {
  /** Undefined where it does not tell. */
  seconds?: number | undefined;
  codec?: string | undefined;
}

/** @throws DecodingError for a container that holds a picture track, or no sound at all */
export async function readSound(path: string, type: AudioTypeName): Promise<Sound> {
  const { soundOnly, seconds, codec } = (await readStreamed(path, type)) ?? (await readGeneral(path));
  if (!soundOnly) throw new DecodingError('not-audio', `No ${type} recording`);
  return { seconds: usable(seconds), codec };
}

/**
 * The length that counts, and the peaks.
 * @param claimed the client's duration in seconds, believed only where the file has none (browsers' webm)
 */
export function measuredAudio(
  type: AudioTypeName,
  told: number | undefined,
  { peaks, seconds: decoded }: MeasuredSound,
  claimed: number | undefined,
): ProcessedAudio {
  // What an mp3 of varying rate tells is a guess by its first frames.
  const measured = type === 'mp3' ? (decoded ?? told) : (told ?? decoded);
  return { duration: rounded(measured ?? usable(claimed, MAX_CLAIMED_SECONDS)), waveform: peaks };
}

interface Contents {
  soundOnly: boolean;
  seconds: number | undefined;
  codec?: string | undefined;
}

/** Formats that recorders write before they know the length, which general readers do not find then. */
async function readStreamed(path: string, type: AudioTypeName): Promise<Contents | undefined> {
  if (type === 'm4a') return readFragmentedMp4(path);
  const seconds = type === 'wav' ? await wavSeconds(path) : undefined;
  return seconds === undefined ? undefined : { soundOnly: true, seconds };
}

async function readGeneral(path: string): Promise<Contents> {
  try {
    const { parseFile } = await import('music-metadata');
    const { format } = await parseFile(path, { duration: true, skipCovers: true });
    const sounds = format.hasAudio !== false && (format.codec ?? format.sampleRate) !== undefined;
    return { soundOnly: sounds && !format.hasVideo, seconds: format.duration, codec: format.codec };
  } catch {
    return { soundOnly: false, seconds: undefined };
  }
}

const usable = (seconds: number | undefined, most = Number.MAX_SAFE_INTEGER): number | undefined =>
  seconds !== undefined && Number.isFinite(seconds) && seconds > 0 && seconds <= most ? seconds : undefined;

const rounded = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 1000) / 1000;
