import { enumeration } from '#libs/platform/validation';
import type { MessageType } from '#libs/messages';
import type { RoomStatus, RoomType } from '#libs/rooms';

/** The document's words for types and statuses, and ours. */
export const messageTypes = enumeration('MarketplaceMessageType', [
  'TEXT',
  'IMAGE',
  'FILE',
  'LOCATION',
  'VOICE',
  'SYSTEM',
]);
export type MarketplaceMessageType = (typeof messageTypes.enum)[number];

export const conversationStatuses = enumeration('MarketplaceConversationStatus', [
  'ACTIVE',
  'ARCHIVED',
  'BLOCKED',
  'ENDED',
]);
export type ConversationStatus = (typeof conversationStatuses.enum)[number];

/** FAILED is for clients: what failed is never stored, and so never shown. */
export const messageStatuses = enumeration('MarketplaceMessageStatus', [
  'SENT',
  'DELIVERED',
  'READ',
  'FAILED',
]);
export type MessageStatus = (typeof messageStatuses.enum)[number];

/** Rooms of two sides, which this contract calls conversations. */
export const CONVERSATION_TYPES = ['direct', 'booking', 'service', 'order'] as const satisfies RoomType[];
const TYPES: ReadonlySet<RoomType> = new Set(CONVERSATION_TYPES);
export const isConversation = ({ type }: { type: RoomType }): boolean => TYPES.has(type);

export const SHOWN_MESSAGE_TYPE = {
  text: 'TEXT',
  image: 'IMAGE',
  file: 'FILE',
  video: 'FILE',
  location: 'LOCATION',
  voice: 'VOICE',
  system: 'SYSTEM',
  status_update: 'SYSTEM',
} as const satisfies Record<MessageType, MarketplaceMessageType>;

export const CANONICAL_MESSAGE_TYPE = {
  TEXT: 'text',
  IMAGE: 'image',
  FILE: 'file',
  LOCATION: 'location',
  VOICE: 'voice',
  SYSTEM: 'system',
} as const satisfies Record<MarketplaceMessageType, MessageType>;

export const SHOWN_STATUS = {
  waiting: 'ACTIVE',
  active: 'ACTIVE',
  resolved: 'ENDED',
  closed: 'ENDED',
  blocked: 'BLOCKED',
} as const satisfies Record<RoomStatus, ConversationStatus>;
