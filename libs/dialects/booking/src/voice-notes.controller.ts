import { Req } from '@nestjs/common';
import type { Request } from 'express';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { toDto } from '#libs/platform/validation';
import { UPLOAD_ERRORS, VoiceNotesService, type VoiceNoteForm } from '#libs/attachments';
import { ROOM_ERRORS } from '#libs/rooms';
import { bookingDialect } from './booking.dialect.js';
import { toMessage } from './booking.presenter.js';
import { BookingMessageBody, voiceMessageExample } from './dto/message.body.js';
import { BookingVoiceNoteFormDto } from './dto/voice-note-form.dto.js';

const SENT = 'Voice note uploaded successfully';
const CONTENT = 'Voice message';
const FORM: VoiceNoteForm = {
  field: 'voice_note',
  read: (fields) => {
    const { session_id, duration } = toDto(BookingVoiceNoteFormDto, fields);
    return { room: session_id, duration };
  },
  content: CONTENT,
};

@ChatController(bookingDialect, 'api/chat/voice-notes')
export class VoiceNotesController {
  constructor(private readonly voiceNotes: VoiceNotesService) {}

  @Endpoint('post', '', {
    access: 'authenticated',
    summary: 'Upload a recording and send it as a message',
    description: 'mp3, wav, ogg, webm or m4a of at most 10 MB, by content; 10 a minute.',
    form: BookingVoiceNoteFormDto,
    response: BookingMessageBody,
    message: SENT,
    errors: [...ROOM_ERRORS, ...UPLOAD_ERRORS, 'ROOM_INACTIVE'],
    examples: { response: voiceMessageExample },
  })
  async send(@CurrentActor() actor: Actor, @Req() request: Request) {
    const message = await this.voiceNotes.send(actor, request, FORM);
    return new Reply(toMessage(message), SENT);
  }
}
