import { Gateway, OnSocketEvent, type SocketContext } from '#libs/platform/realtime';
import { SERVICE_DIALECT } from '#libs/rooms';
import { toUpload, uploadSchema } from './attachments.presenter.js';
import { AttachmentsService } from './attachments.service.js';
import { fileIdPayload, type FileIdPayload } from './dto/attachments.dto.js';

/** Files on sockets, in the service dialect. Bytes go by REST. */
@Gateway({ dialect: SERVICE_DIALECT })
export class AttachmentsGateway {
  constructor(private readonly attachments: AttachmentsService) {}

  @OnSocketEvent('get_attachment', {
    access: 'authenticated',
    summary: 'What is known of a file, with fresh URLs',
    payload: fileIdPayload,
    ack: uploadSchema,
    errors: ['NOT_FOUND'],
    example: { file_id: 'file_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f' },
  })
  async get({ actor }: SocketContext, { file_id }: FileIdPayload) {
    return toUpload(await this.attachments.get(actor, file_id));
  }
}
