import type { AudioTypeName, Sound } from '../media/audio.js';
import type { ImageBounds, ImageTypeName, PictureTarget, ProcessedImage } from '../media/images.js';
import type { MeasuredSound } from '../media/waveform.js';
import type { OfficeType } from '../office/office-type.js';
import type { DecodingFault } from './decoding-error.js';

/** What the process can be asked for. Everything crosses as JSON. */
export interface DecoderTasks {
  picture: {
    ask: {
      source: string;
      type: ImageTypeName;
      bounds: ImageBounds;
      target: PictureTarget;
      weight: 'light' | 'heavy';
    };
    answer: ProcessedImage | 'heavy';
  };
  sound: { ask: { path: string; type: AudioTypeName }; answer: Sound };
  peaks: { ask: { path: string; type: AudioTypeName } & Sound; answer: MeasuredSound };
  office: { ask: { path: string; container: 'zip' | 'compound' }; answer: OfficeType | null };
}
export type DecoderTask = keyof DecoderTasks;

export interface DecoderCall<T extends DecoderTask = DecoderTask> {
  task: T;
  ask: DecoderTasks[T]['ask'];
  /** Processor time (ms) after which the process ends itself. */
  limitMs: number;
}

export type DecoderReply =
  | { answer: DecoderTasks[DecoderTask]['answer'] }
  /** `over`: the process is not to be asked again. */
  | { fault: DecodingFault; message: string; over?: true }
  /** Nothing that a file can be blamed for. */
  | { error: string };

/** By which the process tells that it used up its processor time: no core dump, and nothing else sends it. */
export const OUT_OF_TIME = 'SIGVTALRM';
