import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Valid } from '#libs/platform/http';
import { paginationSchema, serviceDialect, toPagination } from '#libs/rooms';
import { searchQuery, type SearchQuery } from './dto/search.dto.js';
import { messageExample, messageSchema, toMessage } from './messages.presenter.js';
import { SearchService } from './search.service.js';

const foundSchema = messageSchema.extend({
  highlights: z.array(z.object({ text: z.string(), match: z.boolean() })).meta({
    description:
      'The text as written, in parts; those that match are marked. Escape each part as you show it',
  }),
});

@ChatController(serviceDialect, 'api/v1/chat', 'messages')
export class SearchController {
  constructor(private readonly searching: SearchService) {}

  @Endpoint('get', 'search', {
    access: 'authenticated',
    summary: 'Search messages in my rooms, newest first',
    description:
      'Rooms that you may not see count as not there, as do unknown ones. `total` is counted up to 10,000. One search ' +
      'of yours is under way at a time, further ones wait; one that takes too long is stopped: name rooms, a shorter ' +
      'period, longer or rarer words.',
    query: searchQuery,
    response: z.object({ messages: z.array(foundSchema), pagination: paginationSchema }),
    examples: {
      response: {
        messages: [
          {
            ...messageExample,
            highlights: [
              { text: "I'll be there in 15 ", match: false },
              { text: 'minutes', match: true },
            ],
          },
        ],
        pagination: { page: 1, per_page: 50, total: 1, pages: 1, has_next: false, has_prev: false },
      },
    },
  })
  async search(@CurrentActor() actor: Actor, @Valid('query') query: SearchQuery) {
    const { found, total } = await this.searching.search(actor, query);
    return {
      messages: found.map(({ message, highlights }) => ({ ...toMessage(message), highlights })),
      pagination: toPagination(query.page, query.per_page, total),
    };
  }
}
