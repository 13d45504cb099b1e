import type { AttachmentView } from '#libs/messages';

export type FileKind = Exclude<AttachmentView['kind'], 'video'>;

/** A type that files may have. */
export interface FileTypeInfo {
  readonly kind: FileKind;
  readonly mimeType: string;
  /** Of the stored file. */
  readonly extension: string;
  /** Further extensions and labels under which it is known. */
  readonly aliases: readonly string[];
}

const type = (kind: FileKind, mimeType: string, extension: string, ...aliases: string[]): FileTypeInfo => ({
  kind,
  mimeType,
  extension,
  aliases,
});

const OPENXML = 'application/vnd.openxmlformats-officedocument';

/** All types there are; the lists below choose from them. */
export const FILE_TYPES = {
  jpeg: type('image', 'image/jpeg', 'jpg', 'jpeg', 'jfif', 'pjpeg', 'image/jpg', 'image/pjpeg'),
  png: type('image', 'image/png', 'png', 'apng', 'image/apng', 'image/x-png'),
  gif: type('image', 'image/gif', 'gif'),
  webp: type('image', 'image/webp', 'webp'),
  pdf: type('document', 'application/pdf', 'pdf', 'application/x-pdf'),
  doc: type('document', 'application/msword', 'doc'),
  docx: type('document', `${OPENXML}.wordprocessingml.document`, 'docx'),
  xls: type('document', 'application/vnd.ms-excel', 'xls', 'application/msexcel'),
  xlsx: type('document', `${OPENXML}.spreadsheetml.sheet`, 'xlsx'),
  txt: type('document', 'text/plain', 'txt', 'text'),
  mp3: type('audio', 'audio/mpeg', 'mp3', 'audio/mp3', 'audio/x-mp3', 'mpga'),
  wav: type('audio', 'audio/wav', 'wav', 'wave', 'audio/wave', 'audio/x-wav', 'audio/vnd.wave'),
  ogg: type('audio', 'audio/ogg', 'ogg', 'oga', 'opus', 'audio/opus', 'application/ogg', 'video/ogg'),
  webm: type('audio', 'audio/webm', 'webm', 'weba', 'video/webm'),
  m4a: type('audio', 'audio/mp4', 'm4a', 'mp4', 'audio/x-m4a', 'audio/m4a', 'audio/aac', 'video/mp4'),
} as const satisfies Record<string, FileTypeInfo>;
export type FileTypeName = keyof typeof FILE_TYPES;

const IMAGES: FileTypeName[] = ['jpeg', 'png', 'gif', 'webp'];
const AUDIO: FileTypeName[] = ['mp3', 'wav', 'ogg', 'webm', 'm4a'];
const DOCUMENTS: FileTypeName[] = ['pdf', 'doc', 'docx', 'xls', 'xlsx', 'txt'];

/**
 * What may be uploaded: all types by the service dialect's form, which the clients of all others use too, as support's
 * document has it by support's.
 */
export const ALLOWED_TYPES = {
  service: [...IMAGES, ...DOCUMENTS, ...AUDIO],
  support: [...IMAGES, ...DOCUMENTS],
  voice_note: AUDIO,
} as const satisfies Record<string, readonly FileTypeName[]>;
export type UploadPurpose = keyof typeof ALLOWED_TYPES;

export const extensionsOf = (names: readonly FileTypeName[]): string[] =>
  names.map((name) => FILE_TYPES[name].extension);

/** Labels that say nothing about the content; `text/plain` is also what a part without a label counts as. */
const NO_CLAIM = /^(|application\/octet-stream|binary\/octet-stream|text\/plain|\d+)$/;

/** The types that an extension or a label may mean; undefined: it claims nothing; empty: it claims something else. */
export function claimedTypes(claim: string | undefined): FileTypeName[] | undefined {
  const plain = claim?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (NO_CLAIM.test(plain)) return undefined;
  return (Object.keys(FILE_TYPES) as FileTypeName[]).filter((name) => {
    const { mimeType, extension, aliases } = FILE_TYPES[name];
    return plain === mimeType || plain === extension || (aliases as readonly string[]).includes(plain);
  });
}

/**
 * Whether name and label agree with what the content is. Pictures and recordings are often named as another format of
 * their kind (recorders call everything wav), so there the kind must agree; a document must be what it is called.
 */
export function claimFits(claim: string | undefined, actual: FileTypeName): boolean {
  const claimed = claimedTypes(claim);
  if (claimed === undefined) return true;
  if (FILE_TYPES[actual].kind === 'document') return claimed.includes(actual);
  return claimed.some((name) => FILE_TYPES[name].kind === FILE_TYPES[actual].kind);
}
