import { check } from './check.js';
import type { Attempt, Connection, Facts, Said, Stored, Told } from './facts.js';

const attempt = (at: number, more: Partial<Attempt> = {}): Attempt => ({
  at,
  until: at + 10,
  node: 'A',
  connection: 'ann#1',
  outcome: 'done',
  ...more,
});
const said = (n: number, more: Partial<Said> = {}): Said => ({
  room: 'room',
  person: 'ann',
  clientId: `c${n}`,
  text: `text ${n}`,
  attempts: [attempt(n * 100)],
  stored: { id: `m${n}`, seq: n, at: n * 100 + 10 },
  ...more,
});
const stored = (n: number, more: Partial<Stored> = {}): Stored => ({
  id: `m${n}`,
  seq: n,
  sender: 'ann',
  clientId: `c${n}`,
  text: `text ${n}`,
  deleted: false,
  readBy: [],
  reactions: {},
  ...more,
});
const told = (n: number, more: Partial<Told> = {}): Told => ({
  at: n * 100 + 20,
  room: 'room',
  id: `m${n}`,
  kind: 'message',
  text: `text ${n}`,
  deleted: false,
  ...more,
});
const connection = (entries: Told[], more: Partial<Connection> = {}): Connection => ({
  name: 'bob#1',
  person: 'bob',
  dialect: 'service',
  node: 'A',
  openedAt: 0,
  told: entries,
  refusedJoins: 0,
  ...more,
});
const shown = (...messages: Stored[]): Facts['views'][number]['messages'] =>
  messages.map(({ id, text, deleted }) => ({ id, text, deleted }));

/** Ann said three things, Bob heard them, and all is well. */
function facts(more: Partial<Facts> = {}): Facts {
  const messages = [stored(1), stored(2), stored(3)];
  return {
    windows: [],
    said: [said(1), said(2), said(3)],
    changes: [],
    removals: [],
    standing: [],
    probes: [],
    connections: [connection([told(1), told(2), told(3)])],
    views: [
      { client: 'bob', person: 'bob', room: 'room', connection: 'bob#1', messages: shown(...messages) },
    ],
    rooms: [{ room: 'room', messages, participants: { ann: 'owner', bob: 'member' } }],
    online: [{ room: 'room', node: 'A', online: ['ann', 'bob'], connected: ['bob', 'ann'] }],
    intrusions: [],
    stalls: [],
    strain: 1,
    troubles: [],
    ...more,
  };
}

const room = (...messages: Stored[]): Pick<Facts, 'rooms' | 'views'> => ({
  rooms: [{ room: 'room', messages, participants: { ann: 'owner', bob: 'member' } }],
  views: [{ client: 'bob', person: 'bob', room: 'room', connection: 'bob#1', messages: shown(...messages) }],
});
const verdict = (more: Partial<Facts>): string[] =>
  check(facts(more)).map(({ promise, what }) => `${promise}: ${what}`);
const broken = (promise: string, words: string): unknown[] => [
  expect.stringMatching(new RegExp(`^${promise}: .*${words}`)),
];

describe('the checker of what clients saw', () => {
  it('finds nothing where all is well', () => expect(verdict({})).toEqual([]));

  describe('of what is stored', () => {
    it.each([
      ['lost', [stored(1), stored(2)], 'lost: "text 3"'],
      [
        'renumbered',
        [
          stored(1),
          stored(2),
          stored(3, { id: 'other', clientId: null, sender: null }),
          stored(3, { seq: 4 }),
        ],
        'renumbered to 4',
      ],
      ['of other words', [stored(1), stored(2), stored(3, { text: 'else' })], 'stored as "else"'],
    ])('finds what was acknowledged and is %s', (_name, messages, words) => {
      expect(verdict({ ...room(...messages), connections: [] })).toEqual(broken('kept', words));
    });

    it('finds an acknowledgement that names the message of another', () => {
      const mine = said(3, { clientId: 'c2', stored: { id: 'm3', at: 310 } });
      expect(
        verdict({ said: [said(1), said(2, { stored: undefined }), said(3, { stored: undefined }), mine] }),
      ).toEqual(broken('kept', "another's message"));
    });

    it('finds what was repeated and is stored twice', () => {
      const messages = [stored(1), stored(2), stored(3), stored(4, { clientId: 'c3', text: 'text 3' })];
      expect(verdict({ ...room(...messages) })).toEqual(broken('once', 'stored as seq 3 and as seq 4'));
    });

    it.each([
      ['a gap', [stored(1), stored(2), stored(3, { seq: 4 })]],
      ['one number twice', [stored(1), stored(2), stored(3, { seq: 2 })]],
    ])('finds %s', (_name, messages) => {
      const unnumbered = [1, 2, 3].map((n) => said(n, { stored: { id: `m${n}`, at: n } }));
      expect(verdict({ ...room(...messages), said: unnumbered })).toEqual(broken('once', 'are not 1, 2, 3'));
    });

    it('finds what nobody said, but for the platform itself', () => {
      const messages = (sender: string | null): Stored[] => [
        stored(1),
        stored(2),
        stored(3),
        stored(4, { sender }),
      ];
      expect(verdict(room(...messages('ann')))).toEqual(broken('once', 'nobody said "text 4"'));
      expect(verdict(room(...messages(null)))).toEqual([]);
    });
  });

  describe('of what sockets were told', () => {
    it.each([
      ['twice', [told(1), told(2), told(2, { at: 999 })], 'twice'],
      ['in another order', [told(2), told(1)], 'after seq 2'],
      ['though it is not stored', [told(1), told(7)], 'that is not stored'],
    ])('finds what was told %s', (_name, entries, words) => {
      expect(verdict({ connections: [connection(entries)] })).toEqual(broken('order', words));
    });

    it('takes another connection for another', () => {
      expect(
        verdict({ connections: [connection([told(3)]), connection([told(1), told(2), told(3)])] }),
      ).toEqual([]);
    });

    it('finds messages of one connection that overtook each other, unless one was repeated', () => {
      const swapped = [
        said(1, { stored: { id: 'm2', at: 1 }, clientId: 'c2', text: 'text 2' }),
        said(2, { stored: { id: 'm1', at: 1 }, clientId: 'c1', text: 'text 1' }),
        said(3),
      ];
      expect(verdict({ said: swapped })).toEqual(broken('order', 'stored as seq 1'));
      swapped[0]!.attempts.unshift(attempt(50, { outcome: 'cut' }));
      expect(verdict({ said: swapped })).toEqual([]);
    });
  });

  describe('of what clients show in the end', () => {
    const shows = (...messages: Stored[]): Partial<Facts> => ({
      views: [
        { client: 'bob', person: 'bob', room: 'room', connection: 'bob#1', messages: shown(...messages) },
      ],
    });
    it.each([
      [
        'lacks',
        [stored(1), stored(3)],
        'lacks 1: seq 2 "text 2" .done on A at 0.20 s., told to 1 connections',
      ],
      ['has too much', [stored(1), stored(2), stored(3), stored(4)], 'shows 1 that are not stored'],
      ['shows in another order', [stored(1), stored(3), stored(2)], 'in another order'],
      [
        'shows as it was before',
        [stored(1), stored(2, { text: 'old' }), stored(3)],
        'seq 2 as "old" instead of "text 2" .changes: .',
      ],
      [
        'shows though it is deleted',
        [stored(1), stored(2, { deleted: true, text: '' }), stored(3)],
        'outdated',
      ],
    ])('finds what a client %s', (_name, messages, words) => {
      expect(verdict(shows(...messages))).toEqual(broken('converged', words));
    });
  });

  describe('of changes', () => {
    const edit = (
      version: number,
      more: Partial<Facts['changes'][number]> = {},
    ): Facts['changes'][number] => ({
      room: 'room',
      id: 'm2',
      person: 'ann',
      version,
      text: `edit ${version}`,
      attempts: [attempt(1_000 * version)],
      doneAt: 1_000 * version + 10,
      ...more,
    });
    const second = (text: string, deleted = false): Pick<Facts, 'rooms' | 'views'> =>
      room(stored(1), stored(2, { text, deleted }), stored(3));

    it('finds an older edit that stands', () => {
      const changes = [edit(1), edit(2)];
      expect(verdict({ changes, ...second('edit 2') })).toEqual([]);
      expect(verdict({ changes, ...second('edit 1') })).toEqual(
        broken('changes', 'edit 2 was acknowledged, and edit 1'),
      );
      expect(verdict({ changes, ...second('text 2') })).toEqual(broken('changes', 'and edit 0 stands'));
    });

    it('takes an edit whose answer was lost as done or not', () => {
      const changes = [
        edit(1),
        edit(2, { doneAt: undefined, attempts: [attempt(2_000, { outcome: 'cut' })] }),
      ];
      expect(verdict({ changes, ...second('edit 1') })).toEqual([]);
      expect(verdict({ changes, ...second('edit 2') })).toEqual([]);
    });

    it('lets a server that had been stopped do late what another did already', () => {
      const changes = [
        edit(1, {
          attempts: [attempt(1_000, { node: 'B', until: 9_000, outcome: 'timeout' }), attempt(9_100)],
        }),
        edit(2),
      ];
      const windows: Facts['windows'] = [
        { fault: 'pause', without: 'server', nodes: ['B'], from: 900, to: 12_000 },
      ];
      expect(verdict({ changes, windows, ...second('edit 1') })).toEqual([]);
    });

    it('finds a deletion that did not stay, and one that nobody wanted', () => {
      const changes = [edit(1, { text: null })];
      expect(verdict({ changes, ...second('', true) })).toEqual([]);
      expect(verdict({ changes, ...second('text 2') })).toEqual(
        broken('changes', 'was acknowledged, and it is there'),
      );
      expect(verdict(second('', true))).toEqual(broken('changes', 'nobody deleted it'));
    });

    it('finds text that is told after its deletion', () => {
      const changes = [edit(1, { text: null })];
      const gone = told(2, { kind: 'deleted', text: '', deleted: true, at: 1_010 });
      const entries = [told(1), told(2), gone, told(2, { kind: 'edited', text: 'text 2', at: 1_020 })];
      expect(verdict({ changes, connections: [connection(entries)], ...second('', true) })).toEqual(
        broken('changes', 'was told "text 2" in room room at 1.02 s, after its deletion'),
      );
    });
  });

  describe('of those who were removed', () => {
    const removals: Facts['removals'] = [
      { room: 'room', person: 'bob', by: 'removal', attempts: [attempt(200)], doneAt: 210 },
    ];
    const late = (at: number, by = 'ann'): Partial<Facts> => {
      const one = said(3, { person: by, attempts: [attempt(at)] });
      return {
        removals,
        said: [said(1), said(2), one],
        ...room(stored(1), stored(2), stored(3, { sender: by })),
      };
    };

    it('finds what was said more than 3 s later and told to them', () => {
      expect(verdict(late(3_200))).toEqual([]);
      expect(verdict(late(3_300))).toEqual(broken('removed', 'was told 1 things'));
    });

    it('finds an edit that was made more than 3 s later and told to them', () => {
      const text = 'edit 1';
      const changes = [
        {
          room: 'room',
          id: 'm2',
          person: 'ann',
          version: 1,
          text,
          attempts: [attempt(4_000)],
          doneAt: 4_010,
        },
      ];
      const entries = [told(1), told(2), told(2, { kind: 'edited', text, at: 4_020 })];
      const outcome = verdict({
        removals,
        changes,
        connections: [connection(entries)],
        ...room(stored(1), stored(2, { text }), stored(3)),
      });
      expect(outcome).toEqual(broken('removed', 'was told 1 things'));
    });

    it('finds a deletion that was made more than 3 s later and told to them, but none from before', () => {
      const deletion = (seq: number, at: number) => ({
        room: 'room',
        id: `m${seq}`,
        person: 'ann',
        version: 1,
        text: null,
        attempts: [attempt(at)],
        doneAt: at + 10,
      });
      const entries = (seq: number) => [
        told(1),
        told(2),
        told(seq, { kind: 'deleted' as const, text: '', at: 4_020 }),
      ];
      const outcome = (seq: number): string[] =>
        verdict({
          removals,
          changes: [deletion(1, 100), deletion(2, 4_000)],
          connections: [connection(entries(seq))],
          ...room(stored(1, { text: '', deleted: true }), stored(2, { text: '', deleted: true }), stored(3)),
        });
      expect(outcome(1)).not.toContainEqual(expect.stringContaining('was told 1 things'));
      expect(outcome(2)).toContainEqual(expect.stringContaining('was told 1 things'));
    });

    it('finds what they said more than 3 s later, and what they read', () => {
      expect(verdict({ ...late(3_200, 'bob'), connections: [] })).toEqual([]);
      expect(verdict({ ...late(3_300, 'bob'), connections: [] })).toEqual(
        broken('removed', 'was stored: "text 3" of bob'),
      );
      expect(
        verdict({ removals, intrusions: [{ room: 'room', person: 'bob', what: 'still reads it' }] }),
      ).toEqual(broken('removed', 'bob still reads it'));
    });
  });

  describe('of answers', () => {
    const answered = (more: Partial<Attempt>, facts_: Partial<Facts> = {}): string[] =>
      verdict({ probes: [{ room: 'room', attempts: [attempt(1_000, more)] }], ...facts_ });
    const during = (without: Facts['windows'][number]['without']): Partial<Facts> => ({
      windows: [{ fault: without, without, nodes: ['A'], from: 900, to: 9_000 }],
    });
    const refused = (code: string): Partial<Attempt> => ({ outcome: 'refused', code });

    it('finds calls that are not answered, or late', () => {
      expect(answered({ outcome: 'timeout', until: 21_000 })).toEqual(broken('answers', 'no answer'));
      expect(answered({ outcome: 'timeout', until: 21_000 }, { strain: 4 })).toEqual([]);
      expect(answered({ until: 8_000 })).toEqual(broken('answers', 'answered after 7000 ms'));
      expect(answered({ until: 8_000 }, { strain: 2 })).toEqual([]);
      expect(answered({ until: 8_000 }, { stalls: [{ from: 1_500, to: 2_500 }] })).toEqual([]);
    });

    it('expects no answer of a server that does not run, or of a connection that is cut', () => {
      expect(answered({ outcome: 'timeout', until: 21_000 }, during('server'))).toEqual([]);
      expect(answered({ outcome: 'cut' })).toEqual([]);
    });

    it('takes a refusal without a reason for a fault, and the wrong one, too', () => {
      expect(answered(refused('SERVICE_UNAVAILABLE'))).toEqual(broken('answers', 'refused without a reason'));
      expect(answered(refused('SERVICE_UNAVAILABLE'), { strain: 2 })).toEqual([]);
      expect(answered(refused('SERVICE_UNAVAILABLE'), during('database'))).toEqual([]);
      expect(answered(refused('INTERNAL'), during('database'))).toEqual(
        broken('answers', 'refused with INTERNAL'),
      );
      expect(answered(refused('ACCESS_DENIED'))).toEqual(broken('answers', 'refused with ACCESS_DENIED'));
    });

    it('wants success within 3.5 s while Redis is away', () => {
      expect(answered({ until: 4_000 }, during('redis'))).toEqual([]);
      expect(answered({ until: 5_000 }, during('redis'))).toEqual(broken('answers', 'while Redis is away'));
      expect(answered(refused('SERVICE_UNAVAILABLE'), during('redis'))).toEqual(
        broken('answers', 'while Redis is away'),
      );
    });

    it('lets people be refused where they were removed', () => {
      const removals: Facts['removals'] = [
        { room: 'room', person: 'ann', by: 'ban', attempts: [attempt(500)], doneAt: 510 },
      ];
      const one = said(4, { attempts: [attempt(600, refused('ACCESS_DENIED'))], stored: undefined });
      expect(verdict({ said: [said(1), said(2), said(3), one], removals })).toEqual([]);
    });
  });

  it('finds what was acknowledged besides messages and does not stand', () => {
    const one = (kind: Facts['standing'][number]['kind'], what: string): Facts['standing'] => [
      { kind, room: 'room', person: 'bob', what: [what], attempts: [attempt(500)], doneAt: 510 },
    ];
    expect(verdict({ standing: one('read', 'm1') })).toEqual(broken('standing', 'read of bob .* m1'));
    expect(verdict({ standing: one('reaction', 'm1 👍') })).toEqual(broken('standing', 'reaction of bob'));
    expect(verdict({ standing: one('role', 'admin') })).toEqual(broken('standing', 'role of bob'));
    expect(verdict({ standing: one('role', 'member') })).toEqual([]);
    const messages = [stored(1, { readBy: ['bob'], reactions: { '👍': ['bob'] } }), stored(2), stored(3)];
    expect(
      verdict({ standing: [...one('read', 'm1'), ...one('reaction', 'm1 👍')], ...room(...messages) }),
    ).toEqual([]);
  });

  it('finds people who are online and not connected, and the other way round', () => {
    const list = { room: 'room', node: 'B', online: ['ghost'], connected: ['bob'] };
    expect(verdict({ online: [list] })).toEqual(broken('presence', 'ghost; .*online: bob'));
  });

  it('finds that a run did not come to rest', () => {
    expect(verdict({ troubles: ['bob did not come back'] })).toEqual(broken('back', 'did not come back'));
  });
});
