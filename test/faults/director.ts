import type { Removal } from './checker/facts.js';
import type { Cast, Part, Room, Seat } from './cast.js';
import type { Client, Surroundings } from './clients/client.js';
import type { Load } from './load.js';
import type { ChatNode } from './stage/chat-node.js';

const roomPath = (room: Room, rest: string): string => `/api/v1/chat/rooms/${room.id}${rest}`;

/** Owners who change who is in their rooms, by a server that the fault does not concern where there is one. */
export class Director {
  constructor(
    private readonly cast: Cast,
    private readonly load: Load,
    private readonly around: Surroundings,
    private readonly victim: ChatNode,
  ) {}

  /** Those of this part are removed, or banned; they stay connected and go on trying. */
  removeAll(part: Part, by: Removal['by']): void {
    this.each(part, async (room, { client }) => {
      const removal: Removal = { room: room.id, person: client.person.id, by, attempts: [] };
      this.around.journal.removals.push(removal);
      const path = by === 'ban' ? `/bans/${client.person.id}` : `/participants/${client.person.id}`;
      const done = await room.owner.insist(
        removal.attempts,
        'rest',
        async (link) => {
          await link.call(
            by === 'ban' ? 'PUT' : 'DELETE',
            roomPath(room, path),
            by === 'ban' ? {} : undefined,
          );
          return true;
        },
        { avoid: this.victim },
      );
      // Repeated after an answer that was lost, it finds nobody to remove.
      if (done || removal.attempts.at(-1)?.code === 'NOT_FOUND') removal.doneAt = this.around.journal.now();
      this.load.intrude(room, client);
    });
  }

  /** Newcomers are added, and come. */
  addNewcomers(): void {
    this.each('newcomer', async (room, { client }) => {
      await this.load.stand(
        { kind: 'member', room: room.id, what: ['member'] },
        room.owner,
        'rest',
        (link) => link.call('POST', roomPath(room, '/participants'), { user_ids: [client.person.id] }),
        { person: client.person.id, avoid: this.victim },
      );
      client.start();
    });
  }

  /** One member of each group gets a role. */
  promote(): void {
    for (const room of this.cast.rooms) {
      const seat = room.seats.find(({ part, client }) => part === 'member' && client !== room.owner);
      if (!seat || room.seats.length <= 3) continue;
      const { id } = seat.client.person;
      this.load.track(
        `role of ${id}`,
        this.load.stand(
          { kind: 'role', room: room.id, what: ['moderator'] },
          room.owner,
          'rest',
          (link) => link.call('PUT', roomPath(room, `/participants/${id}/role`), { role: 'moderator' }),
          { person: id, avoid: this.victim },
        ),
      );
    }
  }

  /** They go for good, without a word where their server has ended. */
  seeOff(): void {
    this.each('leaver', (_room, { client }) => client.stop());
  }

  private each(part: Part, act: (room: Room, seat: Seat) => Promise<void>): void {
    for (const room of this.cast.rooms)
      for (const seat of room.seats)
        if (seat.part === part) this.load.track(`${part} ${seat.client.name}`, act(room, seat));
  }
}

/** Who is there at the end, and is expected to see everything. */
export const staying = (cast: Cast): Client[] =>
  cast.seats
    .filter(({ part, client }) => client.isStarted && !part.startsWith('removed') && part !== 'leaver')
    .map(({ client }) => client);
