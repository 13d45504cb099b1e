import { Injectable } from '@nestjs/common';
import { UsersService } from '#libs/directory';
import type { MessageView } from '#libs/messages';
import { toMessage, type BookingMessage } from './booking.presenter.js';

/** Messages with the names of those who reacted to them, in one look-up. */
@Injectable()
export class BookingMessages {
  constructor(private readonly users: UsersService) {}

  /** @param viewerId who reads them; left out for what a whole session gets */
  async render(views: readonly MessageView[], viewerId?: string): Promise<BookingMessage[]> {
    const reactors = views.flatMap((view) => view.reactions.flatMap(({ userIds }) => userIds));
    const people = await this.users.findMany(reactors);
    return views.map((view) => toMessage(view, people, viewerId));
  }

  async renderOne(view: MessageView, viewerId?: string): Promise<BookingMessage> {
    return (await this.render([view], viewerId))[0] as BookingMessage;
  }
}
