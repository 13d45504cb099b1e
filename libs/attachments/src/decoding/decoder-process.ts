import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { DecodingError } from './decoding-error.js';
import { OUT_OF_TIME, type DecoderReply, type DecoderTask, type DecoderTasks } from './protocol.js';

/** The compiled file, also where the sources run (Jest). */
const COMPILED = import.meta.url.replace(/\/libs\/attachments\/src\/decoding\/[\w-]+\.ts$/, '/dist$&');
const MAIN = fileURLToPath(new URL('./main.js', COMPILED));
/** What of the environment it gets: no secret is among it. */
const ENVIRONMENT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];
const FLAGS = ['--max-old-space-size=256'];
/** Times the processor time: a machine that is so busy makes no file bad. */
const MOST_WAITING = 5;
const SHORTEST_WAIT_MS = 30_000;
/** What native libraries say about damaged files is read and dropped, up to here. */
const MAX_OUTPUT_BYTES = 1_048_576;
const SHOWN_OUTPUT_BYTES = 2_048;
/** How a file ends a process that is not to blame. */
const CRASHES = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', OUT_OF_TIME]);

/** The process ended, or did not answer in time, for a reason that lies not in the file. */
export class DecoderUnavailableError extends Error {}

interface Call {
  resolve: (answer: never) => void;
  reject: (error: unknown) => void;
  /** Why it was ended by us. */
  ended?: unknown;
}

/**
 * One process that decodes, with one call at a time: started by the first, and again after one that ended it. It is
 * ended when it takes too long or nobody waits for it any more.
 */
export class DecoderProcess {
  private readonly logger = new Logger(DecoderProcess.name);
  private child: ChildProcess | undefined;
  private call: Call | undefined;
  private output = '';
  private outputBytes = 0;

  /**
   * @param limitMs processor time
   * @throws DecodingError, also where the file made the process end; DecoderUnavailableError; the reason of `gone`
   */
  async ask<T extends DecoderTask>(
    task: T,
    ask: DecoderTasks[T]['ask'],
    limitMs: number,
    gone?: AbortSignal,
  ): Promise<DecoderTasks[T]['answer']> {
    gone?.throwIfAborted();
    const child = (this.child ??= this.start());
    this.output = '';
    this.outputBytes = 0;
    const late = setTimeout(
      () => void this.end(new DecoderUnavailableError(`No answer to ${task}`)),
      Math.max(SHORTEST_WAIT_MS, limitMs * MOST_WAITING),
    );
    const leave = (): void => void this.end(gone?.reason);
    gone?.addEventListener('abort', leave);
    try {
      return await new Promise<DecoderTasks[T]['answer']>((resolve, reject) => {
        this.call = { resolve: resolve as (answer: never) => void, reject };
        // A failure ends in the event of its exit.
        child.send({ task, ask, limitMs }, () => undefined);
      });
    } finally {
      this.call = undefined;
      clearTimeout(late);
      gone?.removeEventListener('abort', leave);
      if (this.output !== '') this.logger.debug({ task, output: this.output }, 'A decoder complained');
    }
  }

  /** Ends the process; a call under way fails with the reason. Resolves when the process is gone. */
  async end(reason: unknown = new DecoderUnavailableError('The server stops')): Promise<void> {
    const { child } = this;
    if (this.call) this.call.ended ??= reason;
    // The next call needs not wait for its end.
    else this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
  }

  private start(): ChildProcess {
    const given = ENVIRONMENT.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const child = fork(MAIN, [], {
      execArgv: FLAGS,
      // glibc keeps what each of its arenas ever held (docs/storage.md).
      env: { MALLOC_ARENA_MAX: '2', ...Object.fromEntries(given) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.on('message', (reply: DecoderReply) => this.answered(reply));
    // Of a process that could not be started; otherwise `exit` follows.
    child.on('error', (error) => this.exited(child, error.message));
    child.on('exit', (code, signal) => this.exited(child, signal ?? `code ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.hear(chunk));
      stream?.on('error', () => undefined);
    }
    return child;
  }

  private answered(reply: DecoderReply): void {
    if (!this.call) return;
    if ('over' in reply) void this.end(new DecodingError(reply.fault, reply.message));
    else if ('answer' in reply) this.call.resolve(reply.answer as never);
    else if ('fault' in reply) this.call.reject(new DecodingError(reply.fault, reply.message));
    else this.call.reject(new DecoderUnavailableError(reply.error));
  }

  private exited(child: ChildProcess, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    const { call } = this;
    if (!call) return;
    if (call.ended !== undefined) call.reject(call.ended);
    else if (CRASHES.has(how)) {
      this.logger.warn({ how }, 'A file ended its decoder');
      call.reject(new DecodingError('damaged', `The decoder ended with ${how}`));
    } else {
      this.logger.error({ how, output: this.output }, 'A decoder ended');
      call.reject(new DecoderUnavailableError(`The decoder ended: ${how}`));
    }
  }

  private hear(chunk: Buffer): void {
    this.outputBytes += chunk.length;
    if (this.output.length < SHOWN_OUTPUT_BYTES) this.output += chunk.toString('latin1');
    if (this.outputBytes > MAX_OUTPUT_BYTES)
      void this.end(new DecodingError('damaged', 'The decoder complained without end'));
  }
}
