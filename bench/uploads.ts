import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { medianOf } from './contest.js';
import { Generator, SECRET, startSwitchboard, type ServerProcess } from './processes.js';
import { openRooms, roomNames, type BenchDatabase } from './setup.js';
import { formOf, upload, type UploadFile } from './upload-client.js';

const USERS = 20;
const UPLOADS = 20;
const FILE_BYTES = 5 * 1_048_576;
const ROOMS = roomNames(4);
const MESSAGES = { perSecond: 100, seconds: 6 };
const UPLOAD_LOAD = { uploads: UPLOADS, fileBytes: FILE_BYTES, messagesPerSecond: MESSAGES.perSecond };
const SAMPLE_MS = 10;
const PAGE_BYTES = 4_096;

interface UploadFigures {
  /** Highest RSS of the server while the uploads ran, above what it was before, in MB. */
  rssGrowthMb: number;
  /** Seconds until the last of the uploads was answered. */
  seconds: number;
  /** Message latency meanwhile (ms), and how many times the unloaded p99 that is. */
  p50: number;
  p99: number;
  timesUnloaded: number;
}

/** 20 uploads of 5 MB at once, while messages go on: what they cost in memory and in latency. Medians. */
export async function benchUploads(database: BenchDatabase, runs: number): Promise<Record<string, unknown>> {
  const results: Record<string, UploadFigures>[] = [];
  for (let run = 0; run < runs; run += 1) {
    const result = await onFreshServer(database);
    process.stderr.write(`${JSON.stringify(result)}\n`);
    results.push(result);
  }
  const medians = Object.keys(results[0] ?? {}).map((name) => [
    name,
    medianOf(results.map((result) => result[name] as UploadFigures)),
  ]);
  return { ...UPLOAD_LOAD, ...Object.fromEntries(medians) };
}

async function onFreshServer(database: BenchDatabase): Promise<Record<string, UploadFigures>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-uploads-'));
  const server = await startSwitchboard(await database.fresh('uploads'), dataDir);
  const generator = new Generator();
  try {
    await openRooms(server, ROOMS, USERS);
    await generator.connect({ url: server.url, secret: SECRET, users: USERS, rooms: ROOMS });
    await generator.join();
    await generator.send(MESSAGES);
    const unloaded = await generator.send(MESSAGES);
    const files = { documents: pdf(), pictures: await jpeg() };
    const results: Record<string, UploadFigures> = {
      unloaded: { rssGrowthMb: 0, seconds: 0, p50: unloaded.p50, p99: unloaded.p99, timesUnloaded: 1 },
    };
    for (const [kind, file] of Object.entries(files)) {
      for (const run of ['first', 'again'])
        results[`${kind} (${run})`] = await measure(server, generator, file, unloaded.p99);
    }
    return results;
  } finally {
    await generator.stop();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(
  server: ServerProcess,
  generator: Generator,
  file: UploadFile,
  unloadedP99: number,
): Promise<UploadFigures> {
  const forms = ROOMS.map((room) => formOf(room, file));
  const before = await rss(server.pid);
  let peak = before;
  const sampler = setInterval(
    () => void rss(server.pid).then((bytes) => (peak = Math.max(peak, bytes))),
    SAMPLE_MS,
  );
  const messages = generator.send(MESSAGES);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: UPLOADS }, (_, index) =>
      upload(server, index + 1, forms[index % ROOMS.length] as Buffer),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  const { p50, p99 } = await messages;
  clearInterval(sampler);
  return { rssGrowthMb: (peak - before) / 1_048_576, seconds, p50, p99, timesUnloaded: p99 / unloadedP99 };
}

async function rss(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]) * PAGE_BYTES;
}

function pdf(): UploadFile {
  const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(FILE_BYTES - 9, 'x')]);
  return { name: 'document.pdf', type: 'application/pdf', bytes };
}

/** Noise, so that some 4000 × 3000 pixels make 5 MB, as in a photo. */
async function jpeg(): Promise<UploadFile> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const picture = sharp({ create: { width: 4_000, height: 3_000, channels: 3, background: 'black', noise } });
  const encoded = await picture.jpeg({ quality: 80 }).toBuffer();
  const bytes = Buffer.concat([encoded, Buffer.alloc(Math.max(0, FILE_BYTES - encoded.length))]);
  return { name: 'photo.jpg', type: 'image/jpeg', bytes };
}
