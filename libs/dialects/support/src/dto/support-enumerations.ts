import { CONTEXT_TYPES } from '#libs/directory';
import { enumeration } from '#libs/platform/validation';

export const sessionStatuses = enumeration('SupportSessionStatus', [
  'waiting',
  'active',
  'resolved',
  'closed',
]);
export type SessionStatus = (typeof sessionStatuses.enum)[number];

/** `medium` is another word for `normal`. */
export const priorities = enumeration('SupportPriority', ['low', 'normal', 'medium', 'high', 'urgent']);
export type Priority = Exclude<(typeof priorities.enum)[number], 'medium'>;

export const messageTypes = enumeration('SupportMessageType', ['text', 'image', 'file', 'system']);
export type MessageType = (typeof messageTypes.enum)[number];

export const roles = enumeration('SupportRole', ['customer', 'agent', 'admin', 'system']);
export type Role = (typeof roles.enum)[number];

export const contextTypes = enumeration('SupportContextType', CONTEXT_TYPES);
