import { writeFile } from 'node:fs/promises';
import { endProcesses } from '../support/process.js';
import { FAULTS } from './faults/index.js';
import { runMixed } from './mixed.js';
import { HELP, MIXED, readOptions, type Options } from './options.js';
import { Random } from './random.js';
import { asJest, evidence, isBroken, markdown, table } from './report.js';
import { runScenario, type Result } from './scenario.js';
import type { Stage } from './stage/stage.js';
import { Stages } from './stage/stages.js';

/** The machine may stand still for seconds; what is broken is broken again, and more than a few are no accident. */
const MOST_AGAIN = 3;

const began = performance.now();
/** Progress goes to stderr, results to stdout. */
const progress = (line: string): void =>
  void process.stderr.write(`[${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s] ${line}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Those that can be brought about here; the others are named. */
function possible({ names, nodes }: Options): string[] {
  return names.filter((name) => {
    const fault = FAULTS[name];
    const reason = fault && (fault.nodes > nodes ? `needs ${fault.nodes} servers` : fault.impossible);
    if (reason) progress(`${name} is left out: ${reason}`);
    return !reason;
  });
}

async function runAll(
  options: Options,
  folder: string,
  results: Result[],
  ending: AbortSignal,
): Promise<void> {
  progress(`${options.nodes} servers, seed ${options.seed}: starting`);
  const stages = new Stages(folder, options.nodes, ending);
  let chances = options.once ? 0 : MOST_AGAIN;
  try {
    for (let round = 0; round < options.rounds; round += 1)
      for (const name of possible(options)) {
        const run = async (): Promise<Result> =>
          runOne(await stages.current(), name, options.seed + round, options);
        let result = await run();
        if (isBroken(result)) {
          progress(`BROKEN ${evidence(result)}\n`);
          await stages.leave();
          if (chances > 0) result = await onceMore(result, run, stages);
          chances -= 1;
        } else progress(`${name}: holds`);
        results.push(result);
      }
  } finally {
    await stages.leave();
  }
}

/** With everything started anew. */
async function onceMore(before: Result, run: () => Promise<Result>, stages: Stages): Promise<Result> {
  progress(`${before.name}: ONCE MORE, with everything started anew`);
  const result = { ...(await run()), before };
  if (isBroken(result)) {
    progress(`BROKEN AGAIN ${evidence(result)}\n`);
    await stages.leave();
  } else progress(`${result.name}: HOLDS ONLY THE SECOND TIME`);
  return result;
}

function runOne(stage: Stage, name: string, seed: number, options: Options): Promise<Result> {
  const run =
    name === MIXED
      ? (play: Parameters<typeof runMixed>[0]) => runMixed(play, options.seconds, progress)
      : FAULTS[name]!.run;
  return runScenario(stage, { name, run }, new Random(seed), { ...options, progress });
}

/** @returns the exit status */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') print(HELP);
  if (options === 'list')
    for (const [name, { about }] of Object.entries(FAULTS)) print(`${name.padEnd(24)}${about}`);
  if (typeof options === 'string') return 0;
  const { openRun, removeRun } = await import(new URL('../support/test-cluster.mjs', import.meta.url).href);
  const folder: string = await openRun();
  process.env.SWITCHBOARD_TEST_DIR = folder;
  const results: Result[] = [];
  let failure: string | undefined;
  const ending = new AbortController();
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => reject(new Error(`Ended by ${signal}`)));
  });
  try {
    await Promise.race([runAll(options, folder, results, ending.signal), interrupted]);
  } catch (error) {
    failure = (error as Error).stack ?? String(error);
  }
  ending.abort();
  await endProcesses();
  await removeRun(folder);
  const broken = results.filter(isBroken);
  const shaky = results.filter((result) => result.before && !isBroken(result));
  print(options.markdown ? markdown(results) : `\n${table(results)}\nseed ${options.seed}`);
  for (const { name } of shaky) progress(`HELD ONLY WHEN RUN AGAIN: ${name}`);
  if (failure !== undefined) progress(failure);
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify(asJest(results, failure)));
  return failure !== undefined || broken.length > 0 ? 1 : 0;
}

process.exit(
  await main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }),
);
