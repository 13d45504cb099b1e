export { attachmentErrors } from './attachments.errors.js';
export { AttachmentReady, AttachmentRejected } from './attachments.events.js';
export { AttachmentsModule } from './attachments.module.js';
export {
  filePath,
  SupportUploadBody,
  supportUploadSchema,
  toSupportUpload,
} from './attachments.presenter.js';
export { AttachmentsService, type StoreOptions, type UploadedFile } from './attachments.service.js';
export { Attachment } from './entities/attachment.entity.js';
export { FileJobs, REMOVE_ORPHANS } from './file-jobs.js';
export type { ReceivedFile, ReceivedForm } from './forms/receive-form.js';
export type { UploadPurpose } from './types/file-type.js';
export { UploadsService } from './uploads.service.js';
export { formatOf, VoiceNotesService, type VoiceNoteForm } from './voice-notes.service.js';
