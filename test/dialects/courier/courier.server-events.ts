import { z } from 'zod';
import { defineServerEvents } from '#libs/platform/realtime';
import { COURIER_DIALECT } from './courier.dialect.js';

export const parcelSchema = z.object({ parcel: z.string().meta({ examples: ['service_789'] }) });

export const courierServerEvents = defineServerEvents(COURIER_DIALECT, {
  courier_error: {
    summary: 'An event was refused',
    payload: z.object({
      message: z.string(),
      code: z.string(),
      details: z.array(z.unknown()),
      event: z.string(),
    }),
  },
});
