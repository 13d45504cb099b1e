import { MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent } from '#libs/platform/realtime';
import { SERVICE_DIALECT } from '#libs/rooms';
import { toUpload, UploadBody } from './attachments.presenter.js';
import { AttachmentsService } from './attachments.service.js';
import { FileIdDto } from './dto/attachments.dto.js';

/** Files on sockets, in the service dialect. Bytes go by REST. */
@ChatGateway(SERVICE_DIALECT)
export class AttachmentsGateway {
  constructor(private readonly attachments: AttachmentsService) {}

  @OnEvent('get_attachment', {
    access: 'authenticated',
    summary: 'What is known of a file, with fresh URLs',
    ack: UploadBody,
    errors: ['NOT_FOUND'],
    example: { file_id: 'file_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f' },
  })
  async get(@CurrentActor() actor: Actor, @MessageBody() { file_id }: FileIdDto) {
    return toUpload(await this.attachments.get(actor, file_id));
  }
}
