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

/** The scanner could not be asked, or did not answer properly. Never the same as clean. */
export class ScannerUnavailableError extends Error {}

const ANSWER_LIMIT = 4_096;

/**
 * Sends a stream to clamd (command INSTREAM) and reads its verdict. Only the exact answer `stream: OK` means clean: an
 * empty or cut answer is what a dying clamd sends.
 * @throws ScannerUnavailableError; errors of the stream itself as they are
 */
export async function scanStream(address: ClamdAddress, stream: Readable): Promise<ScanVerdict> {
  let streamError: unknown;
  stream.once('error', (error) => (streamError = error));
  const socket = address.socket
    ? connect(address.socket)
    : connect({ host: address.host, port: address.port });
  const answer = readAnswer(socket, address.timeoutMs);
  try {
    // clamd may answer and close before it has all, such as for a stream above its StreamMaxLength.
    await Promise.race([pipeline(stream, framed, socket, { end: false }), answer]);
    return verdict(await answer);
  } catch (error) {
    if (streamError !== undefined && streamError === error) throw error;
    if (error instanceof ScannerUnavailableError) throw error;
    // Writing may have failed because clamd had answered already.
    return verdict(
      await answer.catch((reason: unknown) => {
        throw new ScannerUnavailableError('clamd cannot be reached', { cause: reason });
      }),
    );
  } finally {
    stream.destroy();
    socket.destroy();
  }
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
    socket.setTimeout(timeoutMs, () => reject(new Error(`No answer for ${timeoutMs} ms`)));
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
  );
}
