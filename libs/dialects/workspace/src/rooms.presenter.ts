import { z } from 'zod';
import { readableContent, type MessageView } from '#libs/messages';
import { isOpenForMessages, type RoomView, type ShownParticipant } from '#libs/rooms';
import { participantSchema, personSchema, toParticipant, toPerson } from './people.presenter.js';
import { ROOM_TYPES, SHOWN_ROOM_TYPE } from './types.js';

export const roomSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    description: z.string().nullable(),
    type: z.enum(ROOM_TYPES),
    isPrivate: z.boolean(),
    maxMembers: z.number().nullable().meta({ description: 'Null: no limit' }),
    isActive: z.boolean().meta({ description: 'False: the room takes no new messages, or you archived it' }),
    createdBy: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    participantCount: z.number(),
  })
  .meta({ id: 'WorkspaceRoom', description: 'A room of the workspace contract' });
export type WorkspaceRoom = z.output<typeof roomSchema>;

const lastMessageSchema = z.object({
  id: z.string(),
  content: z.string(),
  sentAt: z.string(),
  sender: personSchema,
});

export const listedRoomSchema = roomSchema
  .extend({ lastMessage: lastMessageSchema.nullable(), unreadCount: z.number() })
  .meta({ id: 'WorkspaceListedRoom', description: 'A room as one of its participants sees it' });

export const detailedRoomSchema = roomSchema
  .extend({ participants: z.array(participantSchema).meta({ description: 'The first 200' }) })
  .meta({ id: 'WorkspaceDetailedRoom', description: 'A room with the people in it' });

export const roomExample: WorkspaceRoom = {
  id: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10',
  name: 'General Chat',
  description: 'Main discussion room',
  type: 'GROUP',
  isPrivate: false,
  maxMembers: 100,
  isActive: true,
  createdBy: 'user_id',
  createdAt: '2024-01-01T00:00:00.000Z',
  updatedAt: '2024-01-01T00:00:00.000Z',
  participantCount: 25,
};

export const toRoom = (room: RoomView, participantCount: number, archived = false): WorkspaceRoom => ({
  id: room.id,
  name: room.name ?? room.subject,
  description: room.description,
  type: SHOWN_ROOM_TYPE[room.type],
  isPrivate: room.isPrivate,
  maxMembers: room.maxMembers,
  isActive: isOpenForMessages(room.status) && !archived,
  createdBy: room.createdBy,
  createdAt: room.createdAt.toISOString(),
  updatedAt: room.updatedAt.toISOString(),
  participantCount,
});

export const toLastMessage = (view: MessageView): z.output<typeof lastMessageSchema> => ({
  id: view.id,
  content: readableContent(view),
  sentAt: view.createdAt.toISOString(),
  sender: toPerson(view.sender),
});

export const toDetailedRoom = (
  room: RoomView,
  participantCount: number,
  shown: ShownParticipant[],
  archived: boolean,
): z.output<typeof detailedRoomSchema> => ({
  ...toRoom(room, participantCount, archived),
  participants: shown.map(toParticipant),
});
