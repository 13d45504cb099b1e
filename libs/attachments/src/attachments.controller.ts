import { Param, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { serviceDialect } from '#libs/rooms';
import {
  supportUploadSchema,
  toSupportUpload,
  toUpload,
  uploadExample,
  uploadSchema,
} from './attachments.presenter.js';
import { AttachmentsService } from './attachments.service.js';
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
    response: z.union([uploadSchema, z.array(supportUploadSchema)]),
    errors: [
      'VALIDATION_ERROR',
      'TOO_MANY_FILES',
      'FILE_INFECTED',
      'REQUEST_TIMEOUT',
      'FILE_TOO_LARGE',
      'QUOTA_EXCEEDED',
      'UNSUPPORTED_FILE_TYPE',
      'ROOM_NOT_FOUND',
      'ACCESS_DENIED',
      'ROOM_INACTIVE',
    ],
    examples: { response: uploadExample },
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        file: { type: 'string', format: 'binary' },
        room_id: { type: 'string', example: 'service_789', description: 'Required with `file`' },
        description: { type: 'string', example: 'Vehicle damage photo' },
        duration: {
          type: 'number',
          description: 'Seconds of a recording; believed only where the file does not tell',
        },
        attachments: { type: 'array', items: { type: 'string', format: 'binary' }, maxItems: 5 },
      },
    },
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
    response: uploadSchema,
    errors: ['NOT_FOUND'],
    examples: { response: uploadExample },
  })
  async get(@CurrentActor() actor: Actor, @Param('file_id') id: string) {
    return toUpload(await this.attachments.get(actor, id));
  }
}
