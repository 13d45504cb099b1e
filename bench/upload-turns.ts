import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { medianOf } from './contest.js';
import { startSwitchboard, type ServerProcess } from './processes.js';
import { openRooms, roomNames, type BenchDatabase } from './setup.js';
import { formOf, upload, type UploadFile } from './upload-client.js';

const [ROOM = ''] = roomNames(1);
const FLOODER = 1;
const OTHER = 2;
/** Uploads of the one who floods, all at once. */
const FLOOD = 8;
/** Of the other, one after the other, alone and during the flood. */
const TRIES = 3;

interface TurnFigures {
  /** Until the other's upload is answered (ms): alone, and while one user floods. */
  alone: number;
  flooded: number;
  ratio: number;
  /** Until all of the flood is answered (s). */
  floodSeconds: number;
}

/** What an upload of one user costs in time while another floods the server with theirs. Medians. */
export async function benchUploadTurns(
  database: BenchDatabase,
  runs: number,
): Promise<Record<string, unknown>> {
  const files = { photo: await photo(), animation: await animation(), document: document() };
  const results: Record<string, TurnFigures>[] = [];
  for (let run = 0; run < runs; run += 1) {
    results.push(await onFreshServer(database, files));
  }
  const names = Object.keys(results[0] ?? {});
  return {
    flood: FLOOD,
    ...Object.fromEntries(
      names.map((name) => [name, medianOf(results.map((result) => result[name] as TurnFigures))]),
    ),
  };
}

async function onFreshServer(
  database: BenchDatabase,
  { photo, animation, document }: Record<'photo' | 'animation' | 'document', UploadFile>,
): Promise<Record<string, TurnFigures>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-turns-'));
  const server = await startSwitchboard(await database.fresh('turns'), dataDir);
  try {
    await openRooms(server, [ROOM], OTHER);
    // What is slow the first time is started and compiled.
    for (const file of [photo, animation, document]) await timed(server, formOf(ROOM, file));
    return {
      'photo beside animations': await beside(server, photo, animation),
      'animation beside animations': await beside(server, animation, animation),
      'document beside documents': await beside(server, document, document),
    };
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function beside(server: ServerProcess, file: UploadFile, flooding: UploadFile): Promise<TurnFigures> {
  const form = formOf(ROOM, file);
  const alone = await middle(server, form);
  const flood = formOf(ROOM, flooding);
  const started = performance.now();
  const flooded = Promise.all(Array.from({ length: FLOOD }, () => upload(server, FLOODER, flood)));
  const during = await middle(server, form);
  await flooded;
  const floodSeconds = (performance.now() - started) / 1000;
  const figures = { alone, flooded: during, ratio: during / alone, floodSeconds };
  process.stderr.write(`${file.name} beside ${flooding.name}: ${JSON.stringify(figures)}\n`);
  return figures;
}

async function middle(server: ServerProcess, form: Buffer): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) times.push(await timed(server, form));
  return times.sort((a, b) => a - b)[Math.floor(TRIES / 2)] as number;
}

async function timed(server: ServerProcess, form: Buffer): Promise<number> {
  const started = performance.now();
  await upload(server, OTHER, form);
  return performance.now() - started;
}

const noise = (width: number, height: number): Sharp => {
  const spread = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  return sharp({ create: { width, height, channels: 3, background: 'black', noise: spread } });
};

async function photo(): Promise<UploadFile> {
  return {
    name: 'photo.jpg',
    type: 'image/jpeg',
    bytes: await noise(4_000, 3_000).jpeg({ quality: 80 }).toBuffer(),
  };
}

/** Some two seconds of work, and too large for the turns of photos. */
async function animation(): Promise<UploadFile> {
  const [width, height, frames] = [400, 400, 30];
  const pixels = await noise(width, height * frames)
    .raw()
    .toBuffer();
  const raw = { width, height: height * frames, channels: 3, pageHeight: height } as const;
  return {
    name: 'animation.gif',
    type: 'image/gif',
    bytes: await sharp(pixels, { raw }).gif({ effort: 1 }).toBuffer(),
  };
}

function document(): UploadFile {
  const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5 * 1_048_576, 'x')]);
  return { name: 'document.pdf', type: 'application/pdf', bytes };
}
