import { Param, Req } from '@nestjs/common';
import type { Request } from 'express';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { ROOM_ERRORS, serviceDialect } from '#libs/rooms';
import {
  SupportUploadBody,
  toSupportUpload,
  toUpload,
  UploadBody,
  uploadExample,
  waitingExample,
} from './attachments.presenter.js';
import { UPLOAD_ERRORS } from './attachments.errors.js';
import { AttachmentsService } from './attachments.service.js';
import { UploadFormDto } from './dto/upload-form.dto.js';
import { UploadsService } from './uploads.service.js';

const WAITING = 'The file waits for the virus scanner; it can be sent when attachment_ready tells so.';

@ChatController(serviceDialect, 'api/v1/chat', 'attachments')
export class AttachmentsController {
  constructor(
    private readonly uploads: UploadsService,
    private readonly attachments: AttachmentsService,
  ) {}

  @Endpoint('post', 'upload', {
    access: 'authenticated',
    summary: 'Upload a file, to be named in a message',
    description:
      'The field `file` with `room_id` answers one object; the field `attachments`, one to five times, an array in the ' +
      'shape of the support document. Types are decided by content. A file that no message names within a day is removed.',
    form: UploadFormDto,
    response: { name: 'Uploads', oneOf: [UploadBody, [SupportUploadBody]] },
    message: WAITING,
    errors: [...UPLOAD_ERRORS, ...ROOM_ERRORS, 'ROOM_INACTIVE'],
    examples: { response: waitingExample },
  })
  async upload(@CurrentActor() actor: Actor, @Req() request: Request) {
    const { field, files } = await this.uploads.upload(actor, request);
    const data = field === 'attachments' ? files.map(toSupportUpload) : toUpload(files[0]!);
    return new Reply(data, files.every((file) => file.ready) ? undefined : WAITING);
  }

  @Endpoint('get', 'files/:file_id', {
    access: 'authenticated',
    summary: 'Read what is known of a file, with fresh URLs',
    description: 'For its uploader until a message names it, then for whoever may read the room.',
    response: UploadBody,
    errors: ['NOT_FOUND'],
    examples: { response: uploadExample },
  })
  async get(@CurrentActor() actor: Actor, @Param('file_id') id: string) {
    return toUpload(await this.attachments.get(actor, id));
  }
}
