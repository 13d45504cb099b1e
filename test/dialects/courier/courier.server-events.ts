import { defineServerEvents } from '#libs/platform/realtime';
import { CourierErrorBody } from './courier.bodies.js';
import { COURIER_DIALECT } from './courier.dialect.js';

export const courierServerEvents = defineServerEvents(COURIER_DIALECT, {
  courier_error: { summary: 'An event was refused', payload: CourierErrorBody },
});
