import { Endpoint, type EndpointOptions } from '#libs/platform/http';
import { BOOKING_CODES, bookingFailureSchema } from './booking.errors.js';

const FAILURES = { codes: BOOKING_CODES, schema: bookingFailureSchema };

/** A route that the document shows with the codes and the failures of this dialect. */
export const BookingEndpoint = (
  verb: Parameters<typeof Endpoint>[0],
  path: string,
  options: Omit<EndpointOptions, 'failures'>,
): MethodDecorator => Endpoint(verb, path, { ...options, failures: FAILURES });

export const SESSION_FAILURES = { not_found: ['SESSION_NOT_FOUND'], forbidden: ['CHAT_ACCESS_DENIED'] };
