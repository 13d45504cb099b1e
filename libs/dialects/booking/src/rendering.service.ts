import { Injectable } from '@nestjs/common';
import { UsersService } from '#libs/directory';
import type { MessageView } from '#libs/messages';
import { toMessage } from './booking.presenter.js';
import type { BookingMessageBody } from './dto/message.body.js';

/** Messages with the names of those who reacted to them, in one look-up. */
@Injectable()
export class BookingMessages {
  constructor(private readonly users: UsersService) {}

  /** @param viewerId who reads them; left out for what a whole session gets */
  async render(views: readonly MessageView[], viewerId?: string): Promise<BookingMessageBody[]> {
    const reactors = views.flatMap((view) => view.reactions.flatMap(({ userIds }) => userIds));
    const people = await this.users.findMany(reactors);
    return views.map((view) => toMessage(view, people, viewerId));
  }

  async renderOne(view: MessageView, viewerId?: string): Promise<BookingMessageBody> {
    return (await this.render([view], viewerId))[0] as BookingMessageBody;
  }
}
