import { Admission, type AdmissionLimits, type Visit } from './admission.js';

const LIMITS: AdmissionLimits = {
  perAddress: 3,
  total: 5,
  atOnce: 100,
  waiting: 100,
  waitMs: 5_000,
  anonymousMs: 12_000,
};
const LINGER_MS = 5_000;

describe('Admission', () => {
  let told: string[] = [];
  let expired: Visit[] = [];
  let admission: Admission;

  const start = (limits: Partial<AdmissionLimits> = {}): void => {
    told = [];
    expired = [];
    admission = new Admission({ ...LIMITS, ...limits }, (visit) => expired.push(visit));
  };
  beforeEach(() => start());

  /** `name` is told as `+name` when it is let in, and as `name: reason` when it is refused. */
  const enter = (name: string, now = 0): Visit =>
    admission.enter(
      name.split('-')[0] as string,
      { admit: () => told.push(`+${name}`), refuse: (reason) => told.push(`${name}: ${reason}`) },
      now,
    );

  it('lets in so many of an address, and more as some of them are authenticated', () => {
    const visits = ['a-1', 'a-2', 'a-3', 'a-4', 'a-5'].map((name) => enter(name));
    expect(told).toEqual(['+a-1', '+a-2', '+a-3']);
    admission.identified(visits[1] as Visit, 10);
    expect(told.slice(3)).toEqual(['+a-4']);
    admission.identified(visits[0] as Visit, 20);
    expect(told.slice(4)).toEqual(['+a-5']);
    expect(admission.figures).toEqual({ anonymous: 3, waiting: 0 });
  });

  it('lets others in meanwhile, up to so many in total', () => {
    for (const name of ['a-1', 'a-2', 'a-3', 'a-4', 'b-1', 'b-2', 'c-1']) enter(name);
    expect(told).toEqual(['+a-1', '+a-2', '+a-3', '+b-1', '+b-2']);
    expect(admission.figures).toEqual({ anonymous: 5, waiting: 2 });
  });

  it('lets addresses that wait take turns', () => {
    start({ perAddress: 100, total: 1 });
    let last = enter('x-0');
    const waiting = ['a-1', 'a-2', 'a-3', 'b-1', 'c-1'].map((name) => enter(name));
    told = [];
    for (let turn = 0; turn < waiting.length; turn += 1) {
      admission.identified(last, turn);
      last = waiting.find(({ state }) => state === 'anonymous') as Visit;
    }
    expect(told).toEqual(['+a-1', '+b-1', '+c-1', '+a-2', '+a-3']);
  });

  it('keeps the place of one who leaves without having authenticated', () => {
    const visits = ['a-1', 'a-2', 'a-3'].map((name) => enter(name));
    for (const visit of visits) admission.left(visit, 100);
    enter('a-4', 200);
    admission.tick(100 + LINGER_MS - 1);
    expect(told).not.toContain('+a-4');
    admission.tick(100 + LINGER_MS);
    expect(told).toContain('+a-4');
  });

  it('and of one whose user comes too often, but not of others who leave', () => {
    const visits = ['a-1', 'a-2', 'a-3'].map((name) => enter(name));
    admission.identified(visits[0] as Visit, 100, false);
    admission.identified(visits[1] as Visit, 100);
    for (const visit of visits.slice(0, 2)) admission.left(visit, 200);
    for (const name of ['a-4', 'a-5']) enter(name, 300);
    expect(told.slice(3)).toEqual(['+a-4']);
    admission.tick(100 + LINGER_MS);
    expect(told.slice(4)).toEqual(['+a-5']);
  });

  it('lets few in at a time, until they are authenticated or have had a second', () => {
    start({ perAddress: 100, total: 100, atOnce: 2 });
    const visits = ['a-1', 'a-2', 'a-3', 'a-4'].map((name) => enter(name));
    expect(told).toEqual(['+a-1', '+a-2']);
    admission.identified(visits[0] as Visit, 100);
    expect(told.slice(2)).toEqual(['+a-3']);
    admission.tick(999);
    expect(told.slice(3)).toEqual([]);
    admission.tick(1_000);
    expect(told.slice(3)).toEqual(['+a-4']);
  });

  it('refuses who has waited too long, and says whether the address is the reason', () => {
    start({ perAddress: 1, total: 2 });
    for (const name of ['a-1', 'b-1', 'a-2', 'c-1']) enter(name);
    admission.tick(4_999);
    expect(told).toEqual(['+a-1', '+b-1']);
    admission.tick(5_000);
    expect(told.slice(2)).toEqual(['a-2: address', 'c-1: server']);
    expect(admission.figures).toEqual({ anonymous: 2, waiting: 0 });
  });

  it('refuses the newest of the address that waits most when nobody more may wait', () => {
    start({ perAddress: 1, waiting: 3 });
    for (const name of ['a-1', 'a-2', 'a-3', 'a-4', 'b-1', 'b-2']) enter(name);
    expect(told).toEqual(['+a-1', '+b-1', 'a-4: server']);
  });

  it('tells of a connection that nobody has authenticated in time, once', () => {
    const [idle, known] = [enter('a-1'), enter('b-1')];
    admission.identified(known, 100);
    admission.tick(11_999);
    expect(expired).toEqual([]);
    admission.tick(12_000);
    admission.tick(13_000);
    expect(expired).toEqual([idle]);
    admission.left(idle, 13_000);
    expect(admission.figures).toEqual({ anonymous: 0, waiting: 0 });
  });

  it('counts anew a connection on which nobody speaks any more', () => {
    const visit = enter('a-1');
    admission.identified(visit, 100);
    admission.unidentified(visit, 20_000);
    expect(admission.figures.anonymous).toBe(1);
    admission.tick(31_999);
    expect(expired).toEqual([]);
    admission.tick(32_000);
    expect(expired).toEqual([visit]);
  });

  it('forgets one who goes away while waiting', () => {
    start({ perAddress: 1 });
    const [first, second] = [enter('a-1'), enter('a-2')];
    admission.left(second, 100);
    admission.identified(first, 200);
    admission.tick(10_000);
    expect(told).toEqual(['+a-1']);
  });

  it('refuses all who wait when the server stops', () => {
    start({ perAddress: 1 });
    for (const name of ['a-1', 'a-2', 'b-1', 'b-2']) enter(name);
    admission.refuseAll();
    expect(told.slice(2)).toEqual(['a-2: server', 'b-2: server']);
  });
});
