import { Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { serviceDialect, toPagination } from '#libs/rooms';
import { FoundMessagesBody } from './dto/answers.body.js';
import { messageExample } from './dto/message.body.js';
import { SearchQueryDto } from './dto/search.dto.js';
import { toMessage } from './messages.presenter.js';
import { SearchService } from './search.service.js';

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
    response: FoundMessagesBody,
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
  async search(@CurrentActor() actor: Actor, @Query() query: SearchQueryDto) {
    const { found, total } = await this.searching.search(actor, query);
    return {
      messages: found.map(({ message, highlights }) => ({ ...toMessage(message), highlights })),
      pagination: toPagination(query.page, query.per_page, total),
    };
  }
}
