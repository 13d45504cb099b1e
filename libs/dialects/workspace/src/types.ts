import type { MessageType } from '#libs/messages';
import type { ParticipantRole, RoomType } from '#libs/rooms';

/** The document's words for types and roles, and ours. */
export const ROOM_TYPES = ['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT'] as const;
export type WorkspaceRoomType = (typeof ROOM_TYPES)[number];

export const MESSAGE_TYPES = ['TEXT', 'IMAGE', 'FILE', 'SYSTEM', 'VOICE', 'VIDEO'] as const;
export type WorkspaceMessageType = (typeof MESSAGE_TYPES)[number];

export const PARTICIPANT_ROLES = ['OWNER', 'ADMIN', 'MODERATOR', 'MEMBER'] as const;

export const SHOWN_ROOM_TYPE = {
  direct: 'DIRECT',
  booking: 'DIRECT',
  service: 'DIRECT',
  order: 'DIRECT',
  group: 'GROUP',
  internal: 'GROUP',
  channel: 'CHANNEL',
  broadcast: 'CHANNEL',
  support: 'SUPPORT',
} as const satisfies Record<RoomType, WorkspaceRoomType>;

export const CANONICAL_ROOM_TYPE = {
  DIRECT: 'direct',
  GROUP: 'group',
  CHANNEL: 'channel',
  SUPPORT: 'support',
} as const satisfies Record<WorkspaceRoomType, RoomType>;

export const SHOWN_MESSAGE_TYPE = {
  text: 'TEXT',
  location: 'TEXT',
  image: 'IMAGE',
  file: 'FILE',
  voice: 'VOICE',
  video: 'VIDEO',
  system: 'SYSTEM',
  status_update: 'SYSTEM',
} as const satisfies Record<MessageType, WorkspaceMessageType>;

export const CANONICAL_MESSAGE_TYPE = {
  TEXT: 'text',
  IMAGE: 'image',
  FILE: 'file',
  SYSTEM: 'system',
  VOICE: 'voice',
  VIDEO: 'video',
} as const satisfies Record<WorkspaceMessageType, MessageType>;

export const SHOWN_ROLE = {
  owner: 'OWNER',
  admin: 'ADMIN',
  moderator: 'MODERATOR',
  member: 'MEMBER',
} as const satisfies Record<ParticipantRole, (typeof PARTICIPANT_ROLES)[number]>;
