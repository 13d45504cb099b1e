import { AppConfig } from '#libs/platform/config';
import { Injectable } from '@nestjs/common';
import { Spool } from '#libs/platform/storage';
import { attachmentErrors } from './attachments.errors.js';
import type { ReceivedFile } from './forms/receive-form.js';
import { cleanFileName, extensionOf } from './file-names.js';
import { FileDecoder, type DecodingFor } from './decoding/file-decoder.js';
import type { AudioTypeName } from './media/audio.js';
import type { ImageTypeName } from './media/images.js';
import { detectType } from './types/detect-type.js';
import {
  ALLOWED_TYPES,
  claimFits,
  extensionsOf,
  FILE_TYPES,
  type FileTypeInfo,
  type FileTypeName,
  type UploadPurpose,
} from './types/file-type.js';

/** A file that was judged, with all that is known of its content. */
export interface PreparedFile {
  readonly fileName: string;
  readonly type: FileTypeInfo;
  /** What will be stored: the received file, or the picture made of it. */
  readonly path: string;
  readonly thumbnailPath: string | null;
  readonly size: number;
  readonly thumbnailSize: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly duration: number | null;
  readonly waveform: number[] | null;
  readonly placeholder: string | null;
}

export interface IdentifiedFile {
  readonly fileName: string;
  readonly typeName: FileTypeName;
  readonly type: FileTypeInfo;
}

/** Judges files by their content, and makes of pictures and recordings what clients need to show them. */
@Injectable()
export class FilePreparer {
  constructor(
    private readonly config: AppConfig,
    private readonly spool: Spool,
    private readonly decoder: FileDecoder,
  ) {}

  /** @throws VALIDATION_ERROR for an empty file, UNSUPPORTED_FILE_TYPE; the reason of `gone` */
  async identify(whose: DecodingFor, file: ReceivedFile, purpose: UploadPurpose): Promise<IdentifiedFile> {
    const allowed: readonly FileTypeName[] = ALLOWED_TYPES[purpose];
    const fileName = cleanFileName(file.name);
    if (file.size === 0) throw attachmentErrors.empty(file.field, fileName);
    const extension = extensionOf(fileName);
    const detected = await detectType(file.path, extension);
    const typeName =
      detected === 'zip' || detected === 'compound'
        ? await this.decoder.officeType(whose, file.path, detected)
        : detected;
    const extensions = extensionsOf(allowed);
    if (typeName === undefined || !allowed.includes(typeName))
      throw attachmentErrors.unsupported(
        `Files of this type are not accepted; send ${extensions.join(', ')}.`,
        extensions,
      );
    if (!claimFits(extension, typeName) || !claimFits(file.label, typeName))
      throw attachmentErrors.unsupported(
        'The content of the file is not what its name or its type says.',
        extensions,
      );
    return { fileName, typeName, type: FILE_TYPES[typeName] };
  }

  /**
   * Makes what is stored. The caller discards `path` and `thumbnailPath` where the storage did not take them.
   * @throws FILE_TOO_LARGE, UNSUPPORTED_FILE_TYPE, SERVICE_UNAVAILABLE; the reason of `gone`
   */
  async prepare(
    whose: DecodingFor,
    file: ReceivedFile,
    { fileName, typeName, type }: IdentifiedFile,
    duration?: number,
  ): Promise<PreparedFile> {
    const plain: PreparedFile = {
      fileName,
      type,
      path: file.path,
      thumbnailPath: null,
      size: file.size,
      thumbnailSize: null,
      width: null,
      height: null,
      duration: null,
      waveform: null,
      placeholder: null,
    };
    if (type.kind === 'image') return this.image(whose, file, plain, typeName as ImageTypeName);
    if (type.kind === 'audio') {
      const audio = await this.decoder.recording(whose, file, typeName as AudioTypeName, duration);
      return { ...plain, ...audio };
    }
    return plain;
  }

  private async image(
    whose: DecodingFor,
    file: ReceivedFile,
    plain: PreparedFile,
    typeName: ImageTypeName,
  ): Promise<PreparedFile> {
    const target = { picture: this.spool.newPath(), thumbnail: this.spool.newPath() };
    const bounds = {
      maxDimension: this.config.files.imageMaxDimension,
      thumbnailSize: this.config.files.thumbnailSize,
    };
    try {
      const job = { source: file.path, type: typeName, bounds, target };
      const { width, height, size, thumbnailSize, placeholder } = await this.decoder.picture(whose, job);
      const paths = { path: target.picture, thumbnailPath: target.thumbnail };
      return { ...plain, ...paths, width, height, size, thumbnailSize, placeholder };
    } catch (error) {
      await this.spool.discard(target.picture, target.thumbnail);
      throw error;
    }
  }
}
