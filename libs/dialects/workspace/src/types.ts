import { enumeration } from '#libs/platform/validation';
import type { MessageType } from '#libs/messages';
import type { ParticipantRole, RoomType } from '#libs/rooms';

/** The document's words for types and roles, and ours. */
export const roomTypes = enumeration('WorkspaceRoomType', ['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT']);
export type WorkspaceRoomType = (typeof roomTypes.enum)[number];

export const messageTypes = enumeration('WorkspaceMessageType', [
  'TEXT',
  'IMAGE',
  'FILE',
  'SYSTEM',
  'VOICE',
  'VIDEO',
]);
export type WorkspaceMessageType = (typeof messageTypes.enum)[number];

export const participantRoles = enumeration('WorkspaceParticipantRole', [
  'OWNER',
  'ADMIN',
  'MODERATOR',
  'MEMBER',
]);
export type WorkspaceParticipantRole = (typeof participantRoles.enum)[number];

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
} as const satisfies Record<ParticipantRole, WorkspaceParticipantRole>;
