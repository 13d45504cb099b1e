import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface ClamdAddress {
  host: string | undefined;
  port: number;
  socket: string | undefined;
  /** Longest silence of clamd, connecting included. */
  timeoutMs: number;
}

/** Name of what was found; undefined: clean. */
export type ScanVerdict = { signature: string | undefined };

/**
 * There is no verdict, which is never the same as clean. `unreachable`: no connection; `silent`: no answer in time;
 * `refused`: an answer that is no verdict, or a connection that ended without one, which tells nothing about other files.
 */
export class ScannerUnavailableError extends Error {
  constructor(
    message: string,
    readonly why: 'unreachable' | 'silent' | 'refused',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

class SilenceError extends Error {}

const ANSWER_LIMIT = 4_096;

/**
 * Sends a stream to clamd (command INSTREAM) and reads its verdict. Only the exact answer `stream: OK` means clean: an
 * empty or cut answer is what a dying clamd sends.
 * @throws ScannerUnavailableError; errors of the stream itself, and the reason of `gone`, as they are
 */
export async function scanStream(
  address: ClamdAddress,
  stream: Readable,
  gone?: AbortSignal,
): Promise<ScanVerdict> {
  let streamError: unknown;
  stream.once('error', (error) => (streamError = error));
  const socket = address.socket
    ? connect(address.socket)
    : connect({ host: address.host, port: address.port });
  const answer = readAnswer(socket, address.timeoutMs);
  let connected = false;
  socket.once('connect', () => (connected = true));
  const hangUp = (): void => void socket.destroy();
  gone?.addEventListener('abort', hangUp);
  try {
    // clamd may answer and close before it has all, such as for a stream above its StreamMaxLength.
    await Promise.race([pipeline(stream, framed, socket, { end: false }), answer]);
    return verdict(await answer);
  } catch (error) {
    gone?.throwIfAborted();
    if (streamError !== undefined && streamError === error) throw error;
    if (error instanceof ScannerUnavailableError) throw error;
    // Writing may have failed because clamd had answered already.
    return verdict(
      await answer.catch((reason: unknown) => {
        throw unanswered(reason, connected);
      }),
    );
  } finally {
    gone?.removeEventListener('abort', hangUp);
    stream.destroy();
    socket.destroy();
  }
}

function unanswered(cause: unknown, connected: boolean): ScannerUnavailableError {
  if (!connected) return new ScannerUnavailableError('clamd cannot be reached', 'unreachable', { cause });
  const why = cause instanceof SilenceError ? 'silent' : 'refused';
  return new ScannerUnavailableError('clamd gave no answer', why, { cause });
}

/** The command, chunks with their lengths, and an empty chunk as the end. */
async function* framed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from('zINSTREAM\0');
  for await (const chunk of chunks) {
    if (chunk.length > 0) yield lengthOf(chunk.length);
    if (chunk.length > 0) yield chunk;
  }
  yield lengthOf(0);
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

function readAnswer(socket: Socket, timeoutMs: number): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    let text = '';
    socket.setTimeout(timeoutMs, () => reject(new SilenceError(`No answer for ${timeoutMs} ms`)));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.includes('\0') || text.length > ANSWER_LIMIT) resolve(text);
    });
    socket.once('end', () => resolve(text));
    socket.once('error', reject);
    socket.once('close', () => resolve(text));
  });
  // Also while nobody waits for it yet.
  answer.catch(() => undefined);
  return answer;
}

function verdict(answer: string): ScanVerdict {
  const line = answer.split('\0')[0]?.trim() ?? '';
  if (answer.includes('\0')) {
    if (line === 'stream: OK') return { signature: undefined };
    const found = /^stream: (.+) FOUND$/.exec(line);
    if (found) return { signature: found[1] };
  }
  throw new ScannerUnavailableError(
    line === '' ? 'clamd closed without an answer' : `clamd answered: ${line}`,
    'refused',
  );
}
