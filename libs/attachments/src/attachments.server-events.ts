import { z } from 'zod';
import { publicUserSchema } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { SERVICE_DIALECT } from '#libs/rooms';
import { uploadExample, uploadSchema } from './attachments.presenter.js';

const roomId = z
  .string()
  .nullable()
  .meta({ examples: ['service_789'] });

export const attachmentsServerEvents = defineServerEvents(SERVICE_DIALECT, {
  attachment_ready: {
    summary:
      'A file that you uploaded may be sent from now on; to all your sockets, in `/` also to those of other contracts',
    payload: uploadSchema.extend({ room_id: roomId }),
    example: { ...uploadExample, room_id: 'service_789' },
  },
  attachment_rejected: {
    summary:
      'The virus scanner refused a file, which was deleted; to all sockets of its uploader and of moderators, in `/` also to those of other contracts',
    payload: z.object({
      file_id: z.string(),
      room_id: roomId,
      filename: z.string(),
      code: z.literal('FILE_INFECTED'),
      reason: z.string().meta({ description: "The scanner's name of what it found" }),
      uploader: publicUserSchema.nullable(),
    }),
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
