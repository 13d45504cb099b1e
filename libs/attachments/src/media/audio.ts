import { parseFile } from 'music-metadata';
import type { FileTypeName } from '../types/file-type.js';
import { readFragmentedMp4 } from './fragmented-mp4.js';
import { wavSeconds } from './wav.js';
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
  const sound = (await readStreamed(path, type)) ?? (await readGeneral(path));
  if (!sound.soundOnly) throw new NotAudioError(`No ${mimeType} recording`);
  const told = usable(sound.seconds);
  const { peaks, seconds: decoded } = await peaksOf(path, type, sound.codec, told);
  // What an mp3 of varying rate tells is a guess by its first frames.
  const measured = type === 'mp3' ? (decoded ?? told) : (told ?? decoded);
  return { duration: rounded(measured ?? usable(claimed, MAX_CLAIMED_SECONDS)), waveform: peaks };
}

interface Sound {
  soundOnly: boolean;
  seconds: number | undefined;
  codec?: string | undefined;
}

/** Formats that recorders write before they know the length, which general readers do not find then. */
async function readStreamed(path: string, type: AudioTypeName): Promise<Sound | undefined> {
  if (type === 'm4a') return readFragmentedMp4(path);
  const seconds = type === 'wav' ? await wavSeconds(path) : undefined;
  return seconds === undefined ? undefined : { soundOnly: true, seconds };
}

async function readGeneral(path: string): Promise<Sound> {
  try {
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
