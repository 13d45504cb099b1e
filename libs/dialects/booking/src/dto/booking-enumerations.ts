import { enumeration } from '#libs/platform/validation';

export const sessionStatuses = enumeration('BookingSessionStatus', ['active', 'completed', 'closed']);
export type SessionStatus = (typeof sessionStatuses.enum)[number];

export const sessionTypes = enumeration('BookingSessionType', ['booking', 'support', 'general']);
export type SessionType = (typeof sessionTypes.enum)[number];

export const messageTypes = enumeration('BookingMessageType', ['text', 'voice', 'image', 'file', 'system']);
export type BookingMessageType = (typeof messageTypes.enum)[number];
