import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Actor } from '#libs/platform/auth';
import { MessagesService, type AttachmentView, type MessageView } from '#libs/messages';
import { RoomAccessService } from '#libs/rooms';
import { attachmentErrors } from './attachments.errors.js';
import { AttachmentsService } from './attachments.service.js';
import type { ReceivedForm } from './forms/receive-form.js';
import { FILE_TYPES } from './types/file-type.js';
import { UploadsService } from './uploads.service.js';

export interface VoiceNoteFields {
  /** Reference of the room. */
  room: string;
  /** Seconds, as the client measured them. */
  duration?: number | undefined;
}

/** How a dialect's form for voice notes looks. */
export interface VoiceNoteForm {
  /** Name of the field that holds the recording. */
  field: string;
  /** Reads the fields beside it. @throws VALIDATION_ERROR */
  read(fields: ReceivedForm['fields']): VoiceNoteFields;
  /** Text of the message, for clients that cannot play it. */
  content: string;
}

/** Voice notes: a recording that becomes a message in the moment it is uploaded. */
@Injectable()
export class VoiceNotesService {
  constructor(
    private readonly uploads: UploadsService,
    private readonly attachments: AttachmentsService,
    private readonly messages: MessagesService,
    private readonly access: RoomAccessService,
  ) {}

  /**
   * Receives the form, stores the recording and sends the message: all or nothing. `metadata` gets the duration in
   * seconds (as the file tells, else as the client measured it; null where neither does) and the audio format.
   * @throws as `UploadsService.withForm`, `AttachmentsService.store` and `MessagesService.send`
   */
  async send(actor: Actor, request: IncomingMessage, form: VoiceNoteForm): Promise<MessageView> {
    const most = { [form.field]: 1 };
    return this.uploads.withForm(actor, request, most, async ({ fields, files: [file] }, { gone }) => {
      const { room: ref, duration } = form.read(fields);
      const { room } = await this.access.toWrite(actor, ref);
      if (!file) throw attachmentErrors.noFile(form.field);
      const options = { purpose: 'voice_note', duration, mustBeReady: true, gone } as const;
      const uploaded = await this.attachments.store(actor, room, file, options);
      try {
        const { message } = await this.messages.send(actor, room.id, {
          message: form.content,
          message_type: 'voice',
          metadata: { duration: uploaded.view.duration, audio_format: formatOf(uploaded.view) },
          attachments: [{ file_id: uploaded.view.id }],
        });
        return message;
      } catch (error) {
        await this.attachments.discard([uploaded]);
        throw error;
      }
    });
  }
}

/** `mp3`, `wav` …; undefined for what is no known recording. */
export const formatOf = ({ mimeType }: Pick<AttachmentView, 'mimeType'>): string | undefined =>
  Object.values(FILE_TYPES).find((type) => type.mimeType === mimeType)?.extension;
