import { z } from 'zod';
import { blankToNothing, textField } from '#libs/platform/validation';
import { roomRef } from '#libs/rooms';

const MAX_DESCRIPTION = 1_000;

const fields = z.object({
  room_id: z.preprocess(blankToNothing, roomRef.optional()),
  session_id: z.preprocess(blankToNothing, roomRef.optional()),
  description: z.preprocess(blankToNothing, textField(MAX_DESCRIPTION).optional()),
  duration: z.preprocess(blankToNothing, z.coerce.number().min(0).max(86_400).optional().catch(undefined)),
});

/** Fields beside the files: the service document's `file` is for a room, support's `attachments` need not say for which. */
export const uploadFields = (field: 'file' | 'attachments') =>
  fields.refine((form) => field === 'attachments' || form.room_id !== undefined, {
    path: ['room_id'],
    message: 'must name the room that the file is for',
  });

export const fileIdPayload = z.object({
  file_id: z
    .string()
    .max(200)
    .meta({ examples: ['file_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f'] }),
});
export type FileIdPayload = z.output<typeof fileIdPayload>;
