import { Injectable } from '@nestjs/common';
import { commonErrors } from '#libs/platform/errors';
import { storageError } from '#libs/platform/storage';
import { attachmentErrors } from '../attachments.errors.js';
import { measuredAudio, type AudioTypeName, type ProcessedAudio } from '../media/audio.js';
import type { ProcessedImage } from '../media/images.js';
import { PICTURE_LIMITS } from '../media/picture-limits.js';
import type { OfficeType } from '../office/office-type.js';
import type { Container } from '../types/detect-type.js';
import { DecodingError } from './decoding-error.js';
import { DecoderUnavailableError, type DecoderProcess } from './decoder-process.js';
import { Decoders, type DecodingFor, type Weight } from './decoders.js';
import type { DecoderTasks } from './protocol.js';

export type { DecodingFor } from './decoders.js';

export type PictureJob = Omit<DecoderTasks['picture']['ask'], 'weight'>;

/** Processor time (ms): several times what the largest files take that are accepted. */
const PICTURE_LIMIT_MS: Record<Weight, number> = { light: 10_000, heavy: 25_000 };
const OFFICE_LIMIT_MS = 10_000;
const SOUND_LIMIT_MS = 5_000;
/** A recording that is decoded in less time for its size than this is damaged. */
const PEAKS_LIMIT_MS = 2_000;
const PEAKS_LIMIT_MS_PER_MB = 2_000;
const HEAVY_RECORDING_BYTES = 1_048_576;
const MEGABYTE = 1_048_576;

/** Files opened by decoders: in turns, with limits, and with errors that a client may see. */
@Injectable()
export class FileDecoder {
  constructor(private readonly decoders: Decoders) {}

  /**
   * Makes a picture anew, and a thumbnail of it.
   * @throws FILE_TOO_LARGE, UNSUPPORTED_FILE_TYPE, SERVICE_UNAVAILABLE; the reason of `gone`
   */
  async picture(whose: DecodingFor, job: PictureJob): Promise<ProcessedImage> {
    const made = await this.pictureIn('light', whose, job);
    return (made === 'heavy' ? await this.pictureIn('heavy', whose, job) : made) as ProcessedImage;
  }

  /**
   * The length of a recording, and peaks for drawing it.
   * @param claimed the client's duration in seconds, believed only where the file has none
   * @throws UNSUPPORTED_FILE_TYPE, SERVICE_UNAVAILABLE; the reason of `gone`
   */
  recording(
    whose: DecodingFor,
    { path, size }: { path: string; size: number },
    type: AudioTypeName,
    claimed: number | undefined,
  ): Promise<ProcessedAudio> {
    return this.turn(size > HEAVY_RECORDING_BYTES ? 'heavy' : 'light', whose, async (decoder) => {
      const sound = await decoder.ask('sound', { path, type }, SOUND_LIMIT_MS, whose.gone);
      const limit = PEAKS_LIMIT_MS + (size / MEGABYTE) * PEAKS_LIMIT_MS_PER_MB;
      const measured = await decoder
        .ask('peaks', { path, type, ...sound }, limit, whose.gone)
        .catch((error: unknown) => {
          // A recording that a decoder stumbles over is still a recording.
          if (error instanceof DecodingError) return { peaks: null, seconds: undefined };
          throw error;
        });
      return measuredAudio(type, sound.seconds, measured, claimed);
    });
  }

  /**
   * Which Office document this is; undefined for what is none, or must not be opened.
   * @throws SERVICE_UNAVAILABLE; the reason of `gone`
   */
  async officeType(whose: DecodingFor, path: string, container: Container): Promise<OfficeType | undefined> {
    return this.turn('light', whose, async (decoder) => {
      try {
        return (await decoder.ask('office', { path, container }, OFFICE_LIMIT_MS, whose.gone)) ?? undefined;
      } catch (error) {
        if (error instanceof DecodingError) return undefined;
        throw error;
      }
    });
  }

  private pictureIn(weight: Weight, whose: DecodingFor, job: PictureJob): Promise<ProcessedImage | 'heavy'> {
    return this.turn(weight, whose, (decoder) =>
      decoder.ask('picture', { ...job, weight }, PICTURE_LIMIT_MS[weight], whose.gone),
    );
  }

  private async turn<T>(
    weight: Weight,
    whose: DecodingFor,
    work: (decoder: DecoderProcess) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.decoders.turn(weight, whose, work);
    } catch (error) {
      if (error instanceof DecodingError) throw refusalOf(error);
      if (error instanceof DecoderUnavailableError)
        throw commonErrors.unavailable('Files cannot be checked right now; try again shortly.', error);
      throw error;
    }
  }
}

/** As the client sees it. */
function refusalOf({ fault, message }: DecodingError): Error {
  switch (fault) {
    case 'too-many-pixels':
      return attachmentErrors.tooManyPixels(PICTURE_LIMITS);
    case 'damaged':
      return attachmentErrors.unsupported('The file is damaged and cannot be read.', []);
    case 'not-audio':
      return attachmentErrors.unsupported('The file holds no sound, or more than sound.', []);
    case 'disk-full':
      return storageError(Object.assign(new Error(message), { code: 'ENOSPC' }));
    case 'disk':
      return storageError(new Error(message));
  }
}
