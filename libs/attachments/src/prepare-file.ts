import { AppConfig } from '#libs/platform/config';
import { Injectable } from '@nestjs/common';
import { Spool } from '#libs/platform/storage';
import { attachmentErrors } from './attachments.errors.js';
import type { ReceivedFile } from './forms/receive-form.js';
import { NotAudioError, readAudio, type AudioTypeName } from './media/audio.js';
import { processImage, type ImageTypeName } from './media/images.js';
import { cleanFileName, extensionOf } from './file-names.js';
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
  ) {}

  /** @throws VALIDATION_ERROR for an empty file, UNSUPPORTED_FILE_TYPE */
  async identify(file: ReceivedFile, purpose: UploadPurpose): Promise<IdentifiedFile> {
    const allowed: readonly FileTypeName[] = ALLOWED_TYPES[purpose];
    const fileName = cleanFileName(file.name);
    if (file.size === 0) throw attachmentErrors.empty(file.field, fileName);
    const extension = extensionOf(fileName);
    const typeName = await detectType(file.path, extension);
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
   * @throws FILE_TOO_LARGE, UNSUPPORTED_FILE_TYPE
   */
  async prepare(
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
    if (type.kind === 'image') return this.image(file, plain, typeName as ImageTypeName);
    if (type.kind === 'audio') return this.audio(file, plain, typeName as AudioTypeName, duration);
    return plain;
  }

  private async image(
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
      const { width, height, size, thumbnailSize, placeholder } = await processImage(
        file.path,
        typeName,
        bounds,
        target,
      );
      const paths = { path: target.picture, thumbnailPath: target.thumbnail };
      return { ...plain, ...paths, width, height, size, thumbnailSize, placeholder };
    } catch (error) {
      await this.spool.discard(target.picture, target.thumbnail);
      throw error;
    }
  }

  private async audio(
    file: ReceivedFile,
    plain: PreparedFile,
    typeName: AudioTypeName,
    claimed: number | undefined,
  ): Promise<PreparedFile> {
    try {
      return { ...plain, ...(await readAudio(file.path, typeName, plain.type.mimeType, claimed)) };
    } catch (error) {
      if (!(error instanceof NotAudioError)) throw error;
      throw attachmentErrors.unsupported('The file holds no sound, or more than sound.', []);
    }
  }
}
