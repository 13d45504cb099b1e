import { z } from 'zod';
import { wireIdSchema } from '#libs/directory';
import { defineServerEvents } from '#libs/platform/realtime';
import { roomSchema } from './rooms.presenter.js';
import { SERVICE_DIALECT } from './service.dialect.js';

export const supportQueueServerEvents = defineServerEvents(SERVICE_DIALECT, {
  support_queue_changed: {
    summary:
      'A support session was opened, taken, given back, ended or reopened; to all sockets of the support team on /chat',
    payload: z.object({
      room_id: z.string(),
      status: z.string().meta({ examples: ['waiting'] }),
      assignee_id: wireIdSchema.nullable(),
      room: roomSchema,
    }),
  },
});
