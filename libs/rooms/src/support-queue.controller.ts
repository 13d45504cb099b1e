import { Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { PageQueryDto } from '#libs/platform/validation';
import { MyRoomPageBody, OneRoomBody } from './dto/room.body.js';
import { MembersRepository } from './members.repository.js';
import { RoomActivityPort } from './room-activity.js';
import type { RoomView } from './room-view.js';
import { ROOM_ERRORS } from './rooms.errors.js';
import { toMyRoom, toPagination, toRoom } from './rooms.presenter.js';
import { serviceDialect } from './service.dialect.js';
import { SupportQueueService } from './support-queue.service.js';

/** Support rooms wait until one of the support team takes them. */
@ChatController(serviceDialect, 'api/v1/chat', 'rooms')
export class SupportQueueController {
  constructor(
    private readonly support: SupportQueueService,
    private readonly members: MembersRepository,
    private readonly activity: RoomActivityPort,
  ) {}

  @Endpoint('get', 'support/queue', {
    access: 'authenticated',
    summary: 'List support rooms that nobody has taken, the longest wait first',
    description: 'For roles agent, support, staff and admin.',
    response: MyRoomPageBody,
    errors: ['ACCESS_DENIED'],
  })
  async queue(@CurrentActor() actor: Actor, @Query() { page, per_page }: PageQueryDto) {
    const { rooms, total } = await this.support.queue(actor, per_page, (page - 1) * per_page);
    const ids = rooms.map(({ id }) => id);
    const [counts, activity] = await Promise.all([
      this.members.countsOf(ids),
      this.activity.activityOf(actor.id, ids),
    ]);
    return {
      rooms: rooms.map((room) => toMyRoom(room, counts.get(room.id) ?? 0, activity.get(room.id), false)),
      pagination: toPagination(page, per_page, total),
    };
  }

  @Endpoint('post', 'rooms/:room_id/assign', {
    access: 'authenticated',
    summary: 'Take a support room: it becomes active and yours',
    description: 'For roles agent, support, staff and admin. Of two who take it at once, one gets it.',
    status: 200,
    response: OneRoomBody,
    errors: [...ROOM_ERRORS, 'ALREADY_ASSIGNED', 'ROOM_INACTIVE'],
  })
  async assign(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    return this.answer(await this.support.take(actor, ref));
  }

  @Endpoint('post', 'rooms/:room_id/release', {
    access: 'authenticated',
    summary: 'Give a support room that you took back to the queue',
    status: 200,
    response: OneRoomBody,
    errors: [...ROOM_ERRORS, 'CONFLICT'],
  })
  async release(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    return this.answer(await this.support.release(actor, ref));
  }

  private async answer(room: RoomView) {
    return { room: toRoom(room, await this.members.countOf(room.id)) };
  }
}
