import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { UsersService } from '#libs/directory';
import { MessageViews, ReceiptsService } from '#libs/messages';
import {
  MembersRepository,
  showsPeople,
  SupportQueueService,
  type RoomView,
  type SupportSession,
} from '#libs/rooms';
import type { MySessionBody, SessionBody } from './dto/session.body.js';
import { SessionContexts, toContext } from './session-contexts.js';
import { toMessage, toSession, type SessionPeople } from './support.presenter.js';

/** Adds to rooms what sessions show: who they are for, who has them, the newest message, what is unread, what they are about. */
@Injectable()
export class SessionViews {
  constructor(
    private readonly support: SupportQueueService,
    private readonly users: UsersService,
    private readonly views: MessageViews,
    private readonly receipts: ReceiptsService,
    private readonly members: MembersRepository,
    private readonly contexts: SessionContexts,
  ) {}

  /** As everyone in it sees it: for events. */
  async shared(room: RoomView): Promise<SessionBody> {
    return toSession(room, await this.peopleOf([room]).then((find) => find(room)));
  }

  /** As the actor sees it; the caller has checked access. */
  async mine(actor: Actor, room: RoomView): Promise<MySessionBody> {
    const archived = await this.members.isArchived(room.id, actor.id);
    const [session] = await this.allMine(actor, [{ room, archived }]);
    return session as MySessionBody;
  }

  async allMine(actor: Actor, sessions: readonly SupportSession[]): Promise<MySessionBody[]> {
    const rooms = sessions.map(({ room }) => room);
    const ids = rooms.map(({ id }) => id);
    const [peopleOf, contextOf, newest, unread] = await Promise.all([
      this.peopleOf(rooms),
      this.contexts.of(actor, rooms),
      this.views.newestOf(ids),
      this.receipts.unreadIn(actor, ids),
    ]);
    return sessions.map(({ room, archived }) => {
      const last = newest.get(room.id);
      const context = contextOf(room);
      return {
        ...toSession(room, peopleOf(room), archived),
        context: context ? toContext(context) : null,
        unread_count: unread.get(room.id) ?? 0,
        last_message: last ? toMessage(last) : null,
      };
    });
  }

  private async peopleOf(rooms: readonly RoomView[]): Promise<(room: RoomView) => SessionPeople> {
    // An announcement is for nobody in particular.
    const customers = await this.support.customersOf(rooms.filter(showsPeople).map(({ id }) => id));
    const agents = rooms.flatMap(({ assigneeId }) => assigneeId ?? []);
    const users = await this.users.findMany([...customers.values(), ...agents]);
    return (room) => ({
      customer: users.get(customers.get(room.id) ?? ''),
      agent: users.get(room.assigneeId ?? ''),
    });
  }
}
