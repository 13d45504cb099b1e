import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import type { ChatSocket } from '#libs/platform/realtime';
import { MessageViews } from '#libs/messages';
import { MembersRepository, MembersService, RoomJoinService, RoomsService, type RoomView } from '#libs/rooms';
import type {
  WorkspaceCreateRoomDto,
  WorkspaceListRoomsQueryDto,
  WorkspaceUpdateRoomDto,
} from './dto/rooms.dto.js';
import {
  toDetailedRoom,
  toLastMessage,
  toRoom,
  type WorkspaceDetailedRoomBody,
  type WorkspaceListedRoomBody,
  type WorkspaceRoomBody,
} from './rooms.presenter.js';
import { CANONICAL_ROOM_TYPE } from './types.js';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';
import { joining } from './workspace.errors.js';

/** Without paging a list holds the rooms that were used last, up to this many. */
const ALL_ROOMS = 1_000;

/** Rooms in this contract's words: what it asks becomes calls of the services, what they answer is put together. */
@Injectable()
export class WorkspaceRoomsService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly members: MembersService,
    private readonly repository: MembersRepository,
    private readonly subscriptions: RoomJoinService,
    private readonly messages: MessageViews,
  ) {}

  async list(
    actor: Actor,
    { page = 1, limit = ALL_ROOMS }: WorkspaceListRoomsQueryDto,
  ): Promise<WorkspaceListedRoomBody[]> {
    const { rooms } = await this.rooms.list(actor, { page, per_page: limit });
    const newest = await this.messages.newestOf(rooms.map(({ room }) => room.id));
    return rooms.map(({ room, participantCount, archived, activity }) => {
      const last = newest.get(room.id);
      return {
        ...toRoom(room, participantCount, archived),
        lastMessage: last ? toLastMessage(last) : null,
        unreadCount: activity?.unreadCount ?? 0,
      };
    });
  }

  async create(
    actor: Actor,
    body: WorkspaceCreateRoomDto,
  ): Promise<{ room: WorkspaceRoomBody; created: boolean }> {
    const { room, participantCount, created } = await this.rooms.create(actor, {
      type: CANONICAL_ROOM_TYPE[body.type],
      name: body.name,
      description: body.description ?? undefined,
      is_private: body.isPrivate,
      max_members: body.maxMembers ?? undefined,
      participant_ids: body.participantIds,
    });
    const archived = !created && (await this.repository.isArchived(room.id, actor.id));
    return { room: toRoom(room, participantCount, archived), created };
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async get(actor: Actor, ref: string): Promise<WorkspaceDetailedRoomBody> {
    const { room, participantCount } = await this.rooms.get(actor, ref);
    return this.detailed(actor, room, participantCount);
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_FULL, CONFLICT */
  async update(
    actor: Actor,
    ref: string,
    { isActive, ...body }: WorkspaceUpdateRoomDto,
  ): Promise<WorkspaceRoomBody> {
    let details = undefined;
    if (Object.keys(body).length > 0) {
      details = await this.rooms.update(actor, ref, {
        name: body.name,
        description: body.description,
        is_private: body.isPrivate,
        max_members: body.maxMembers,
      });
    }
    if (isActive !== undefined)
      details = await this.rooms.setStatus(actor, ref, isActive ? 'active' : 'closed');
    const { room, participantCount } = details ?? (await this.rooms.get(actor, ref));
    return toRoom(room, participantCount, await this.repository.isArchived(room.id, actor.id));
  }

  /** @throws ROOM_NOT_FOUND, JOIN_ROOM_FAILED */
  async join(actor: Actor, ref: string): Promise<WorkspaceDetailedRoomBody> {
    return this.shown(actor, await joining(this.members.join(actor, ref)));
  }

  /** Joins, and delivers the room to this socket from now on. @throws ROOM_NOT_FOUND, JOIN_ROOM_FAILED */
  async joinWith(socket: ChatSocket, actor: Actor, ref: string): Promise<WorkspaceDetailedRoomBody> {
    const room = await joining(this.members.join(actor, ref));
    return this.subscriptions.subscribe(actor, room, socket, WORKSPACE_DIALECT, () =>
      this.shown(actor, room),
    );
  }

  async shownInEvent(room: RoomView): Promise<WorkspaceRoomBody> {
    return toRoom(room, await this.repository.countOf(room.id));
  }

  private async shown(actor: Actor, room: RoomView): Promise<WorkspaceDetailedRoomBody> {
    return this.detailed(actor, room, await this.repository.countOf(room.id));
  }

  /** As this person sees it. */
  private async detailed(actor: Actor, room: RoomView, count: number): Promise<WorkspaceDetailedRoomBody> {
    const [participants, archived] = await Promise.all([
      this.members.shown(room),
      this.repository.isArchived(room.id, actor.id),
    ]);
    return toDetailedRoom(room, count, participants, archived);
  }
}
