/** A process that opens files of strangers, and nothing else: it knows no secret, and may be ended at any time. */
import { Worker } from 'node:worker_threads';
import { DecodingError } from './decoding-error.js';
import type { DecoderCall, DecoderReply, DecoderTask, DecoderTasks } from './protocol.js';
import { quietConsole } from './quiet-console.js';

const tasks: {
  [T in DecoderTask]: (ask: DecoderTasks[T]['ask']) => Promise<DecoderTasks[T]['answer']>;
} = {
  picture: async ({ source, type, bounds, target, weight }) =>
    (await import('../media/images.js')).processImage(source, type, bounds, target, weight),
  sound: async ({ path, type }) => (await import('../media/audio.js')).readSound(path, type),
  peaks: async ({ path, type, codec, seconds }) =>
    (await import('../media/waveform.js')).peaksOf(path, type, codec, seconds),
  office: async ({ path, container }) =>
    (await (await import('../office/office-type.js')).officeTypeOf(path, container)) ?? null,
};

/** Processor time (ms) of this process at which the watchdog ends it; 0 while nothing is done. */
const endsAt = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
const watchdog = new Worker(new URL('./watchdog.js', import.meta.url), {
  workerData: { endsAt, parent: process.ppid },
  resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
});
watchdog.unref();

const complaints = quietConsole();

async function reply({ task, ask, limitMs }: DecoderCall): Promise<DecoderReply> {
  complaints.reset();
  const { user, system } = process.cpuUsage();
  endsAt[0] = (user + system) / 1000 + limitMs;
  try {
    return { answer: await (tasks[task] as (ask: unknown) => Promise<never>)(ask) };
  } catch (error) {
    if (error instanceof DecodingError) return { fault: error.fault, message: error.message };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    endsAt[0] = 0;
  }
}

process.on('message', (call: DecoderCall) => void reply(call).then((answer) => process.send?.(answer)));
// Thrown where nobody waits for it, such as by a callback of a library: the file's doing.
process.on('uncaughtException', (error) =>
  process.send?.({ fault: 'damaged', message: String(error), over: true } satisfies DecoderReply),
);
process.on('disconnect', () => process.exit());
