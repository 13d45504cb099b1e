import type { Dialect } from '#libs/platform/dialects';
import { SocketsHere } from './sockets-here.js';

describe('SocketsHere before the server listens', () => {
  const dialects = new Map([['some', { name: 'some', namespaces: ['/'] } as unknown as Dialect]]);
  const here = new SocketsHere(dialects, () => undefined);

  it('has nobody, so that what other servers tell already is for nobody', () => {
    expect(here.isAnyoneIn('some', 'room')).toBe(false);
    expect(here.isOpen('room')).toBe(false);
    expect(here.isConnected('somebody')).toBe(false);
    expect(here.openRooms()).toEqual(new Set());
    expect(here.users()).toEqual(new Set());
    expect(here.usersIn('room')).toEqual(new Set());
  });
});
