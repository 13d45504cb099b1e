import type { AttachmentView } from '#libs/messages';
import type { ScanState } from './entities/attachment.entity.js';

/** A file's row, before URLs are signed. */
export interface StoredAttachment {
  readonly id: string;
  readonly uploaderId: string;
  readonly roomId: string | null;
  readonly messageId: string | null;
  readonly kind: AttachmentView['kind'];
  readonly fileName: string;
  readonly mimeType: string;
  readonly extension: string;
  readonly size: number;
  readonly thumbnailSize: number | null;
  readonly sha256: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly duration: number | null;
  readonly waveform: number[] | null;
  readonly placeholder: string | null;
  readonly description: string | null;
  readonly scanState: ScanState;
}

export interface AttachmentRow {
  id: string;
  uploader_id: string;
  room_id: string | null;
  message_id: string | null;
  kind: AttachmentView['kind'];
  file_name: string;
  mime_type: string;
  extension: string;
  size: string;
  thumbnail_size: number | null;
  sha256: string;
  width: number | null;
  height: number | null;
  duration: number | null;
  waveform: number[] | null;
  placeholder: string | null;
  description: string | null;
  scan_state: ScanState;
}

export const ATTACHMENT_COLUMNS = [
  'id',
  'uploader_id',
  'room_id',
  'message_id',
  'kind',
  'file_name',
  'mime_type',
  'extension',
  'size',
  'thumbnail_size',
  'sha256',
  'width',
  'height',
  'duration',
  'waveform',
  'placeholder',
  'description',
  'scan_state',
]
  .map((column) => `a.${column}`)
  .join(', ');

export function toStoredAttachment(row: AttachmentRow): StoredAttachment {
  return {
    id: row.id,
    uploaderId: row.uploader_id,
    roomId: row.room_id,
    messageId: row.message_id,
    kind: row.kind,
    fileName: row.file_name,
    mimeType: row.mime_type,
    extension: row.extension,
    size: Number(row.size),
    thumbnailSize: row.thumbnail_size,
    sha256: row.sha256,
    width: row.width,
    height: row.height,
    duration: row.duration,
    waveform: row.waveform,
    placeholder: row.placeholder,
    description: row.description,
    scanState: row.scan_state,
  };
}

export const isReady = (file: StoredAttachment): boolean =>
  file.scanState === 'clean' || file.scanState === 'skipped';

export type Variant = 'file' | 'thumbnail';

/** Two levels of folders, so that none grows without bound. The end of a UUID v7 is its random part. */
export const storageKey = (id: string, variant: Variant): string =>
  `${variant === 'file' ? 'originals' : 'thumbnails'}/${id.slice(-2)}/${id}`;

export function storageKeys(file: Pick<StoredAttachment, 'id' | 'thumbnailSize'>): string[] {
  const keys = [storageKey(file.id, 'file')];
  return file.thumbnailSize === null ? keys : [...keys, storageKey(file.id, 'thumbnail')];
}
