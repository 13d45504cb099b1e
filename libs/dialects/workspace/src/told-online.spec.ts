import type { RealtimeServer } from '#libs/platform/realtime';
import { ToldOnline } from './told-online.js';

const ROOM = 'workspace:room';

/** A server with these sockets in these rooms. */
const serverWith = (rooms: Map<string, Set<string>>): RealtimeServer =>
  ({ namespace: () => ({ adapter: { rooms } }) }) as unknown as RealtimeServer;

describe('ToldOnline', () => {
  let rooms: Map<string, Set<string>>;
  let told: ToldOnline;
  beforeEach(() => {
    rooms = new Map([
      [ROOM, new Set(['socket of ann'])],
      ['user:ann', new Set(['socket of ann'])],
    ]);
    told = new ToldOnline(serverWith(rooms));
  });

  it('is news once, until the person goes offline', () => {
    expect(told.add('room', 'bob')).toBe(true);
    expect(told.has('room', 'bob')).toBe(true);
    expect(told.add('room', 'bob')).toBe(false);
    told.delete('room', 'bob');
    expect(told.has('room', 'bob')).toBe(false);
    expect(told.add('room', 'bob')).toBe(true);
  });

  it('is no news where nobody, or only the person, has the room open', () => {
    expect(told.add('other room', 'bob')).toBe(false);
    expect(told.add('room', 'ann')).toBe(false);
    rooms.get(ROOM)?.add('socket of bob');
    expect(told.add('room', 'ann')).toBe(true);
  });

  it('forgets a room with the last socket in it', () => {
    told.add('room', 'bob');
    rooms.set(ROOM, new Set(['later socket']));
    expect(told.has('room', 'bob')).toBe(false);
    expect(told.add('room', 'bob')).toBe(true);
  });

  it('takes no late news of who left the room, until they are back in it', () => {
    told.add('room', 'bob');
    told.left('room', 'bob');
    expect(told.has('room', 'bob')).toBe(false);
    expect(told.add('room', 'bob')).toBe(false);
    expect(told.add('room', 'eve')).toBe(true);
    told.entered('room', 'bob');
    expect(told.add('room', 'bob')).toBe(true);
  });
});
