import { OmitType } from '@nestjs/swagger';
import { ApiInteger, ApiNumber, ApiOneOf, ApiText, ApiTime, Schema } from '#libs/platform/schemas';
import { enumeration } from '#libs/platform/validation';
import {
  AttachmentBody,
  attachmentExample,
  toAttachment,
  wireFileId,
  type AttachmentView,
} from '#libs/messages';
import type { UploadedFile } from './attachments.service.js';

const WAITS = 'pending: waits for the virus scanner; attachment_ready follows, URLs come with it';
const uploadStatuses = enumeration('UploadStatus', ['ready', 'pending']);
type UploadStatus = (typeof uploadStatuses.enum)[number];

export const uploadExample = { ...attachmentExample, status: 'ready' } satisfies UploadBody;

/** As long as the scanner has not seen it; with the sentence that tells so. */
export const waitingExample: UploadBody = {
  ...uploadExample,
  url: null,
  thumbnail_url: null,
  expires_at: null,
  status: 'pending',
};

/** An uploaded file as the service document shows it: an attachment whose URLs may be still to come. */
@Schema('Upload', { description: 'An uploaded file', example: uploadExample })
export class UploadBody extends OmitType(AttachmentBody, ['url', 'expires_at']) {
  @ApiText({
    nullable: true,
    description: 'Signed; ends at expires_at, and is fresh each time the message is read',
  })
  url!: string | null;
  @ApiTime({ nullable: true }) expires_at!: string | null;
  @ApiOneOf(uploadStatuses, { description: WAITS }) status!: UploadStatus;
}

/** An uploaded file as the support document shows it. */
@Schema('SupportUpload', { description: 'An uploaded file, in the words of the support contract' })
export class SupportUploadBody {
  @ApiText({ description: 'Name it in `attachment_ids` of a message' }) file_id!: string;
  @ApiText() file_name!: string;
  @ApiText({ nullable: true, description: 'Path with signature, below /uploads/chat-attachments' })
  file_url!: string | null;
  @ApiInteger({ description: 'Bytes' }) file_size!: number;
  @ApiText() file_type!: string;
  @ApiText({ nullable: true }) thumbnail_url!: string | null;
  @ApiTime({ nullable: true }) expires_at!: string | null;
  @ApiInteger({ nullable: true }) width!: number | null;
  @ApiInteger({ nullable: true }) height!: number | null;
  @ApiNumber({ nullable: true, description: 'Seconds' }) duration!: number | null;
  @ApiOneOf(uploadStatuses, { description: WAITS }) status!: UploadStatus;
}

/** A file that waits for the scanner shows no URLs. */
export function toUpload({ view, ready }: UploadedFile): UploadBody {
  const body = toAttachment(view);
  if (ready) return { ...body, status: 'ready' };
  return { ...body, url: null, thumbnail_url: null, expires_at: null, status: 'pending' };
}

export function toSupportUpload({ view, ready }: UploadedFile): SupportUploadBody {
  return {
    file_id: wireFileId(view.id),
    file_name: view.fileName,
    file_url: ready ? filePath(view.url) : null,
    file_size: view.size,
    file_type: view.mimeType,
    thumbnail_url: ready && view.thumbnailUrl !== null ? filePath(view.thumbnailUrl) : null,
    expires_at: ready ? view.expiresAt.toISOString() : null,
    width: view.width,
    height: view.height,
    duration: view.duration,
    status: ready ? 'ready' : 'pending',
  };
}

/** The path of a file's URL with its signature, as the support document shows `file_url`. */
export function filePath(url: AttachmentView['url']): string {
  const { pathname, search } = new URL(url, 'http://path.invalid');
  return pathname + search;
}
