import { setTimeout as sleep } from 'node:timers/promises';
import { cpus, loadavg } from 'node:os';
import { Cast } from './cast.js';
import { check } from './checker/check.js';
import type { Facts, Violation, Window } from './checker/facts.js';
import { some } from './checker/words.js';
import { Director } from './director.js';
import type { Play } from './faults/fault.js';
import { Journal } from './journal.js';
import { Load } from './load.js';
import { figuresOf, type Figures } from './figures.js';
import type { Random } from './random.js';
import { Settling, Unsettled } from './settle.js';
import type { Stage } from './stage/stage.js';

const WARM_UP_MS = 1_500;
const INTO_THE_FAULT_MS = 700;
/** Long enough for those who were removed at its beginning to be caught. */
const AFTERWARDS_MS = 5_000;
const DONE_WITHIN_MS = 40_000;

export interface Result {
  name: string;
  nodes: number;
  seed: number;
  /** See Facts. */
  strain: number;
  figures: Figures;
  violations: Violation[];
  /** What the servers logged as errors: no promise, but it tells why one is broken. */
  errors: string[];
  /** The same scenario, which was broken then. */
  before?: Result;
}

export interface Scenario {
  name: string;
  run(play: Play): Promise<void>;
}

/** People talk, something fails and is well again, everything comes to rest, and what everybody saw is judged. */
export async function runScenario(
  stage: Stage,
  { name, run }: Scenario,
  random: Random,
  { perSecond, progress }: { perSecond: number; progress: (line: string) => void },
): Promise<Result> {
  const { seed } = random;
  const journal = new Journal();
  const around = { stage, journal, random };
  const victim = random.pick(stage.nodes);
  const cast = await Cast.gather(around, victim);
  const load = new Load(cast, around, perSecond);
  const director = new Director(cast, load, around, victim);
  const settling = new Settling(cast, journal, stage);
  try {
    for (const { client, part } of cast.seats) if (part !== 'newcomer') client.start();
    await settling.everybodyBack();
    load.start();
    await sleep(WARM_UP_MS);
    progress(`${name}: the fault begins (${victim.name} is the one it concerns)`);
    const over = run({
      stage,
      victim,
      random,
      during: noteIn(journal),
      trouble: (what) => journal.troubles.push(what),
    });
    await Promise.race([over, sleep(INTO_THE_FAULT_MS)]);
    director.seeOff();
    director.removeAll('removed early', 'removal');
    director.addNewcomers();
    director.promote();
    await over;
    progress(`${name}: the fault is over`);
    load.hush();
    director.removeAll('removed late', 'ban');
    await sleep(AFTERWARDS_MS);
    const left = await load.stop(DONE_WITHIN_MS);
    if (left.length > 0)
      journal.troubles.push(`not done ${DONE_WITHIN_MS / 1000} s afterwards: ${some(left)}`);
    progress(`${name}: the talk is over`);
    await settling.everybodyBack();
    const { facts, ...times } = await settled(settling, journal, stage);
    return {
      name,
      nodes: stage.nodes.length,
      seed,
      strain: facts.strain,
      figures: { ...figuresOf(facts), ...times },
      violations: check(facts),
      errors: stage.takeErrors(),
    };
  } catch (error) {
    if (!(error instanceof Unsettled)) throw error;
    const facts = { ...journal.facts, ...NOTHING_SEEN, strain: strain() };
    const figures = { ...figuresOf(facts), settledMs: Infinity, presenceMs: Infinity };
    const violations = [error.message, ...journal.troubles, ...stage.takeIncidents()].map(
      (what): Violation => ({ promise: 'back', what }),
    );
    const errors = stage.takeErrors();
    return { name, nodes: stage.nodes.length, seed, strain: facts.strain, figures, violations, errors };
  } finally {
    journal.close();
    await load.stop(0);
    await Promise.all(cast.seats.map(({ client }) => client.stop()));
  }
}

const NOTHING_SEEN = { rooms: [], views: [], online: [], intrusions: [] };

/** All facts, once everything has come to rest or had the time to. */
async function settled(
  settling: Settling,
  journal: Journal,
  stage: Stage,
): Promise<{ facts: Facts; settledMs: number; presenceMs: number }> {
  const { rooms, views, ms: settledMs } = await settling.views();
  const { online, ms: presenceMs } = await settling.online(rooms);
  const intrusions = await settling.intrusions();
  journal.troubles.push(...stage.takeIncidents());
  return {
    facts: { ...journal.facts, rooms, views, online, intrusions, strain: strain() },
    settledMs,
    presenceMs,
  };
}

/** By how much more there is to do than the machine can: the average of a minute, which is about that of a scenario. */
const strain = (): number => Math.max(1, (loadavg()[0] ?? 0) / cpus().length);

const noteIn =
  (journal: Journal): Play['during'] =>
  async (without, nodes, work) => {
    const window: Window = {
      fault: without,
      without,
      nodes: nodes.map((node) => node.name),
      from: journal.now(),
      to: Infinity,
    };
    journal.windows.push(window);
    await work().finally(() => (window.to = journal.now()));
  };
