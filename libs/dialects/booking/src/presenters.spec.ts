import { DomainError } from '#libs/platform/errors';
import type { UserView } from '#libs/directory';
import type { AttachmentView, MessageView } from '#libs/messages';
import type { RoomStatus, RoomView } from '#libs/rooms';
import { bookingDialect } from './booking.dialect.js';
import { toMessage } from './booking.presenter.js';
import { toProfile } from './people.presenter.js';
import { statusesOf, toCreatedSession } from './sessions.presenter.js';

const message = (part: Partial<MessageView>): MessageView =>
  ({
    id: 'm',
    roomId: 'r',
    seq: 1,
    senderId: 'a',
    clientId: null,
    type: 'text',
    content: 'words',
    metadata: {},
    replyTo: null,
    createdAt: new Date(0),
    editedAt: null,
    deletedAt: null,
    mentions: [],
    pinnedAt: null,
    roomRef: 'r',
    sender: null,
    readBy: [],
    attachments: [],
    reactions: [],
    ...part,
  }) as MessageView;
const file = (kind: AttachmentView['kind'], mimeType: string): AttachmentView =>
  ({ id: 'f', kind, mimeType, fileName: 'f', size: 3, url: '/f', duration: 2.5 }) as AttachmentView;
const user = (part: Partial<UserView>): UserView =>
  ({ id: 'u', name: 'U', firstName: null, lastName: null, avatar: null, ...part }) as UserView;
const room = (part: Partial<RoomView>): RoomView =>
  ({
    id: 'r',
    type: 'direct',
    status: 'active',
    contextType: null,
    contextId: null,
    createdAt: new Date(0),
    ...part,
  }) as RoomView;

describe('messages of the booking contract', () => {
  it.each([
    [{ type: 'text' }, 'text'],
    [{ type: 'text', attachments: [file('image', 'image/png')] }, 'image'],
    [{ type: 'text', attachments: [file('document', 'application/pdf')] }, 'file'],
    [{ type: 'image' }, 'image'],
    [{ type: 'file' }, 'file'],
    [{ type: 'voice' }, 'voice'],
    [{ type: 'video' }, 'file'],
    [{ type: 'location', metadata: { latitude: 1, longitude: 2 } }, 'text'],
    [{ type: 'status_update' }, 'system'],
    [{ type: 'system' }, 'system'],
  ] as [Partial<MessageView>, string][])('show %j as %s', (part, type) => {
    const shown = toMessage(message(part));
    expect(shown.type).toBe(type);
    expect(shown.metadata.message_type).toBe(type === part.type ? undefined : part.type);
  });

  it('tell the duration and format of a recording that was sent elsewhere', () => {
    const voice = message({ type: 'voice', attachments: [file('audio', 'audio/ogg')] });
    expect(toMessage(voice).metadata).toEqual({ duration: 2.5, audio_format: 'ogg' });
    expect(toMessage({ ...voice, metadata: { duration: 7 } }).metadata.duration).toBe(7);
  });

  it('say nothing of deleted content', () => {
    const deleted = message({ deletedAt: new Date(), content: '' });
    expect(toMessage(deleted)).toMatchObject({ content: '', metadata: { deleted: true }, file_url: null });
  });

  it('are read by the viewer, and where they are the viewer’s own, by anyone else', () => {
    const read = message({ readBy: [{ userId: 'b', at: new Date() }] });
    const isRead = (viewer?: string) => toMessage(read, undefined, viewer).is_read;
    expect([isRead('a'), isRead('b'), isRead('c'), isRead()]).toEqual([true, true, false, true]);
  });
});

describe('people of the booking contract', () => {
  it('have a first and a last name, whatever is known', () => {
    const names = (part: Partial<UserView>) => Object.values(toProfile(user(part))).slice(0, 2);
    expect(names({ firstName: 'Sarah', lastName: 'Johnson' })).toEqual(['Sarah', 'Johnson']);
    expect(names({ firstName: 'Sarah' })).toEqual(['Sarah', null]);
    expect(names({ name: 'Sarah Jane Johnson' })).toEqual(['Sarah', 'Jane Johnson']);
    expect(names({ name: 'Sarah' })).toEqual(['Sarah', null]);
    expect(toProfile(null)).toEqual({ first_name: 'System', last_name: null, avatar_url: null });
  });
});

describe('sessions of the booking contract', () => {
  const shown = (part: Partial<RoomView>, archived = false) =>
    toCreatedSession({ room: room(part), participantIds: [], archived, booking: undefined });

  it.each([
    ['waiting', 'active'],
    ['active', 'active'],
    ['resolved', 'completed'],
    ['closed', 'closed'],
    ['blocked', 'closed'],
  ] as [RoomStatus, 'active' | 'completed' | 'closed'][])(
    'show %s as %s, and find it so',
    (status, expected) => {
      expect(shown({ status }).status).toBe(expected);
      expect(statusesOf(expected)).toContain(status);
      expect(shown({ status }, true).status).toBe('closed');
    },
  );

  it('are of type booking where there is a booking, else support or general', () => {
    expect(shown({ type: 'booking', contextType: 'booking', contextId: '7' })).toMatchObject({
      session_type: 'booking',
      booking_id: '7',
    });
    expect(shown({ type: 'support' }).session_type).toBe('support');
    expect(shown({ type: 'order', contextType: 'order', contextId: '7' })).toMatchObject({
      session_type: 'general',
      booking_id: null,
    });
  });
});

describe('errors of the booking contract', () => {
  it('have its codes, and details that are sentences', () => {
    const error = new DomainError('ROOM_NOT_FOUND', 'not_found', 'No.', {
      details: [{ field: 'content', message: 'must be text' }, { limit: 5, types: ['a', 'b'] }, {}],
    });
    expect(bookingDialect.codeOf(error)).toBe('SESSION_NOT_FOUND');
    expect(bookingDialect.detailsOf(error)).toEqual(['content: must be text', 'limit: 5, types: a, b', '']);
  });
});
