import { parseFile } from 'music-metadata';
import type { FileTypeName } from '../types/file-type.js';
import { peaksOf } from './waveform.js';

export type AudioTypeName = Extract<FileTypeName, 'mp3' | 'wav' | 'ogg' | 'webm' | 'm4a'>;

export interface ProcessedAudio {
  /** Seconds; null where neither the file nor the client tells. */
  duration: number | null;
  /** Peaks for drawing, 0 to 100; null where the format cannot be decoded here. */
  waveform: number[] | null;
}

/** A container that holds a picture track, or no sound at all. */
export class NotAudioError extends Error {}

const MAX_CLAIMED_SECONDS = 3_600;

/**
 * Reads what a recording tells of itself.
 * @param claimed the client's duration in seconds, believed only where the file has none (browsers' webm)
 * @throws NotAudioError
 */
export async function readAudio(
  path: string,
  type: AudioTypeName,
  mimeType: string,
  claimed: number | undefined,
): Promise<ProcessedAudio> {
  const format = await parseFile(path, { duration: true, skipCovers: true }).then(
    (parsed) => parsed.format,
    () => undefined,
  );
  const sounds = format && format.hasAudio !== false && (format.codec ?? format.sampleRate) !== undefined;
  if (!sounds || format.hasVideo) throw new NotAudioError(`No ${mimeType} recording`);
  const known = usable(format.duration);
  const { peaks, seconds } = await peaksOf(path, type, format.codec, known);
  return { duration: rounded(known ?? seconds ?? usable(claimed, MAX_CLAIMED_SECONDS)), waveform: peaks };
}

const usable = (seconds: number | undefined, most = Number.MAX_SAFE_INTEGER): number | undefined =>
  seconds !== undefined && Number.isFinite(seconds) && seconds > 0 && seconds <= most ? seconds : undefined;

const rounded = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 1000) / 1000;
