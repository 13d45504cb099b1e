import { Param } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { MembersService, ROOM_ERRORS, RoomLifecycleService } from '#libs/rooms';
import { WorkspaceDetailedChatRoomBody } from './rooms.presenter.js';
import { ROOM_PARAMS } from './routes.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { workspaceDialect } from './workspace.dialect.js';

const JOINED = 'Joined chat room successfully';
const LEFT = 'Left chat room successfully';
const DELETED = 'Chat room deleted successfully';

@ChatController(workspaceDialect, 'api/chat/rooms')
export class WorkspaceMembershipController {
  constructor(
    private readonly rooms: WorkspaceRoomsService,
    private readonly members: MembersService,
    private readonly lifecycle: RoomLifecycleService,
  ) {}

  @Endpoint('post', ':id', {
    access: 'authenticated',
    summary: 'Join a chat room',
    description: 'Rooms that are not private need chats:read, private ones chats:join_private.',
    params: ROOM_PARAMS,
    status: 200,
    response: WorkspaceDetailedChatRoomBody,
    message: JOINED,
    errors: ['ROOM_NOT_FOUND', 'JOIN_ROOM_FAILED'],
  })
  async join(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return new Reply({ chatRoom: await this.rooms.join(actor, id) }, JOINED);
  }

  @Endpoint('delete', ':id', {
    access: 'authenticated',
    summary: 'Leave a chat room',
    description:
      'When the last owner leaves, the room goes to the one of the highest role who has been in it longest.',
    params: ROOM_PARAMS,
    response: null,
    message: LEFT,
    errors: ROOM_ERRORS,
  })
  async leave(@CurrentActor() actor: Actor, @Param('id') id: string) {
    await this.members.leave(actor, id, true);
    return new Reply(null, LEFT);
  }

  @Endpoint('delete', ':id/permanently', {
    access: 'chats:delete',
    summary: 'Remove a chat room that you are in, with all that is in it',
    params: ROOM_PARAMS,
    response: null,
    message: DELETED,
    errors: ROOM_ERRORS,
  })
  async remove(@CurrentActor() actor: Actor, @Param('id') id: string) {
    await this.lifecycle.remove(actor, id);
    return new Reply(null, DELETED);
  }
}
