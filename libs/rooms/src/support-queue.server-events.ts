import { defineServerEvents } from '#libs/platform/realtime';
import { SupportQueueChangedPayload } from './dto/room-events.body.js';
import { SERVICE_DIALECT } from './service.dialect.js';

export const supportQueueServerEvents = defineServerEvents(SERVICE_DIALECT, {
  support_queue_changed: {
    summary:
      'A support session was opened, taken, given back, ended or reopened; to all sockets of the support team on /chat',
    payload: SupportQueueChangedPayload,
  },
});
