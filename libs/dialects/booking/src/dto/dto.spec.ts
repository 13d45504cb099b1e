import { DomainError } from '#libs/platform/errors';
import { toDto } from '#libs/platform/validation';
import {
  BookingMessagesQueryDto,
  BookingPostMessageDto,
  BookingSendMessagePayloadDto,
} from './messages.dto.js';
import { BookingSessionsQueryDto } from './sessions.dto.js';

const SESSION = { session_id: 's' };

function faultsOf(type: new () => object, value: unknown): unknown[] {
  try {
    toDto(type, value);
    return [];
  } catch (error) {
    return error instanceof DomainError ? [...error.details] : [error];
  }
}

describe('input of the booking contract', () => {
  it('takes filters that were left empty for left out, but no blank ones', () => {
    expect(toDto(BookingSessionsQueryDto, { status: '', booking_id: '' })).toEqual({
      page: 1,
      limit: 20,
      status: 'active',
    });
    expect(toDto(BookingMessagesQueryDto, { ...SESSION, before_message_id: '' })).toEqual({
      ...SESSION,
      page: 1,
      limit: 50,
    });
    expect(faultsOf(BookingSessionsQueryDto, { status: ' ', booking_id: ' ' })).toEqual([
      { field: 'status', message: 'must be active, completed, closed or all' },
      { field: 'booking_id', message: 'must be an id (string or whole number)' },
    ]);
  });

  it('needs words in a message, and keeps what surrounds them', () => {
    expect(faultsOf(BookingPostMessageDto, { ...SESSION, content: ' \n' })).toEqual([
      { field: 'content', message: 'must not be empty' },
    ]);
    expect(faultsOf(BookingSendMessagePayloadDto, { ...SESSION, message: { content: '' } })).toEqual([
      { field: 'message.content', message: 'must not be empty' },
    ]);
    expect(toDto(BookingPostMessageDto, { ...SESSION, content: ' hi ' }).content).toBe(' hi ');
  });

  it('takes an own id of null for none, and a number for a number', () => {
    const idOf = (id: unknown) =>
      toDto(BookingSendMessagePayloadDto, { ...SESSION, message: { id, content: 'hi' } }).message.id;
    expect([idOf(null), idOf(undefined), idOf(7), idOf('7')]).toEqual([undefined, undefined, 7, '7']);
  });
});
