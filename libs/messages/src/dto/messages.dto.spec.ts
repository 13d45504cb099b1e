import { toDto } from '#libs/platform/validation';
import { ForwardDto, ReactDto } from './changes.dto.js';
import { HistoryQueryDto, MarkPayloadDto, SendMessageDto, SendMessagePayloadDto } from './messages.dto.js';
import { SearchQueryDto } from './search.dto.js';

const refused = (details: { field: string; message: string }[]): unknown =>
  expect.objectContaining({ code: 'VALIDATION_ERROR', details });

describe('what clients send about messages', () => {
  it('has defaults for what is left out, and nothing that is not declared', () => {
    expect({ ...toDto(SendMessageDto, { seq: 7 }) }).toEqual({ message: '', message_type: 'text' });
    expect({ ...toDto(HistoryQueryDto, {}) }).toEqual({ page: 1, per_page: 50 });
  });

  it('keeps a client id as it was given, and reads ids of ours as text', () => {
    const sent = toDto(SendMessagePayloadDto, { room_id: 7, client_id: 1, temp_id: '1', reply_to: 12 });
    expect(sent).toMatchObject({ room_id: '7', client_id: 1, temp_id: '1', reply_to: '12' });
  });

  it('may say null where nothing is meant', () => {
    const nothing = { metadata: null, client_id: null, reply_to: null, location: null, attachments: null };
    expect(toDto(SendMessageDto, nothing)).toMatchObject(nothing);
  });

  it('has numbers and times in a query, where everything is text', () => {
    const query = { after_seq: '0', per_page: '100', before: '2024-01-15', search: ' a ' };
    expect(toDto(HistoryQueryDto, query)).toMatchObject({
      after_seq: 0,
      per_page: 100,
      before: new Date('2024-01-15'),
      search: 'a',
    });
  });

  it.each([
    ['a message', SendMessageDto, { message: 1 }, 'message', 'must be text'],
    ['a type', SendMessageDto, { message_type: 'poll' }, 'message_type', /^must be one of text, image, /],
    ['a client id', SendMessageDto, { client_id: '' }, 'client_id', 'must be a text of 1 to 128 characters'],
    ['a file', SendMessageDto, { attachments: [{}] }, 'attachments.0.file_id', 'must be text'],
    ['a room', MarkPayloadDto, {}, 'room_id', 'must be a room id'],
    ['marks of none', MarkPayloadDto, { room_id: 'a', message_ids: [] }, 'message_ids', /at least 1/],
    ['a reaction', ReactDto, { reaction: 'a b' }, 'reaction', 'must be an emoji or a name without spaces'],
    ['rooms', ForwardDto, { room_ids: Array(11).fill('a') }, 'room_ids', 'must have at most 10 entries'],
    ['a search for nothing', SearchQueryDto, {}, 'q', 'is required'],
    ['a blank search', SearchQueryDto, { q: ' ' }, 'q', 'must not be empty'],
    ['a long search', SearchQueryDto, { q: 'a'.repeat(201) }, 'q', 'must have at most 200 characters'],
  ])('is refused for %s', (_what, type: new () => object, payload, field, message) => {
    const sentence = typeof message === 'string' ? message : (expect.stringMatching(message) as string);
    expect(() => toDto(type, payload)).toThrow(refused([{ field, message: sentence }]) as Error);
  });
});
