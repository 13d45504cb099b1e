import { PublicUser } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { ApiConst, ApiNested, ApiText, Schema } from '#libs/platform/schemas';
import { SERVICE_DIALECT } from '#libs/rooms';
import { UploadBody, uploadExample } from './attachments.presenter.js';

const ROOM_ID = { nullable: true, example: 'service_789' };

@Schema('AttachmentReadyEvent')
export class AttachmentReadyPayload extends UploadBody {
  @ApiText(ROOM_ID) room_id!: string | null;
}

@Schema('AttachmentRejectedEvent')
export class AttachmentRejectedPayload {
  @ApiText() file_id!: string;
  @ApiText(ROOM_ID) room_id!: string | null;
  @ApiText() filename!: string;
  @ApiConst('FILE_INFECTED') code!: 'FILE_INFECTED';
  @ApiText({ description: "The scanner's name of what it found" }) reason!: string;
  @ApiNested(() => PublicUser, { nullable: true }) uploader!: PublicUser | null;
}

export const attachmentsServerEvents = defineServerEvents(SERVICE_DIALECT, {
  attachment_ready: {
    summary:
      'A file that you uploaded may be sent from now on; to all your sockets, in `/` also to those of other contracts',
    payload: AttachmentReadyPayload,
    example: { ...uploadExample, room_id: 'service_789' },
  },
  attachment_rejected: {
    summary:
      'The virus scanner refused a file, which was deleted; to all sockets of its uploader and of moderators, in `/` also to those of other contracts',
    payload: AttachmentRejectedPayload,
    example: {
      file_id: uploadExample.file_id,
      room_id: 'service_789',
      filename: 'invoice.docx',
      code: 'FILE_INFECTED',
      reason: 'Win.Test.EICAR_HDB-1',
      uploader: { id: 123, name: 'First Customer', type: 'customer', avatar: null },
    },
  },
});
