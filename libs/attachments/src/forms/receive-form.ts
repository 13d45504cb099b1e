import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { commonErrors } from '#libs/platform/errors';
import { discardRest, liftBodyDeadline } from '#libs/platform/http';
import type { Spool, SpooledFile } from '#libs/platform/storage';
import { attachmentErrors } from '../attachments.errors.js';
import { watchProgress } from './watch-progress.js';

/** A file of a form, received and not yet judged. */
export interface ReceivedFile extends SpooledFile {
  readonly field: string;
  /** As the client sent it. */
  readonly name: string | undefined;
  /** The client's content type. */
  readonly label: string;
}

export interface ReceivedForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly ReceivedFile[];
}

/** Who sends a form. */
export interface FormSender {
  readonly userId: string;
  /** Aborts when the connection ends. */
  readonly gone: AbortSignal;
}

export interface FormRules {
  /** Most files by name of the form's field; other fields must not hold files. */
  readonly files: Readonly<Record<string, number>>;
  /** Of one file. */
  readonly maxBytes: number;
  /** Within this time something must arrive. */
  readonly stalledMs: number;
}

const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 65_536;
/** What boundaries, part headers and fields may add to the files. */
const FORM_OVERHEAD_BYTES = 262_144;
/** Times what a form may hold: below it may be too many files, which is another error; above it is not read at all. */
const MOST_ANNOUNCED = 2;

/** Of a form that was refused: a browser shows an answer only after it has sent what it had begun. */
export const discardUpload = (request: IncomingMessage): void =>
  discardRest(request, { bytes: 64 * 1_048_576, ms: 10_000 });

/**
 * Streams a multipart form into the spool. The first fault ends it at once, whatever is still to come; then nothing of
 * the form is kept. The caller discards the files of a form that it got.
 * @throws FILE_TOO_LARGE, TOO_MANY_FILES, VALIDATION_ERROR, REQUEST_TIMEOUT, SERVICE_UNAVAILABLE
 */
export async function receiveForm(
  sender: FormSender,
  request: IncomingMessage,
  spool: Spool,
  rules: FormRules,
): Promise<ReceivedForm> {
  const reception = new FormReception(sender, request, spool, rules);
  try {
    return await reception.run();
  } catch (error) {
    discardUpload(request);
    throw error;
  }
}

class FormReception {
  private readonly fields = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private readonly arriving = new Set<BusboyFileStream>();
  private readonly receptions: Promise<ReceivedFile | undefined>[] = [];
  private failure: { error: unknown } | undefined;
  private settle: () => void = () => undefined;

  constructor(
    private readonly sender: FormSender,
    private readonly request: IncomingMessage,
    private readonly spool: Spool,
    private readonly rules: FormRules,
  ) {}

  async run(): Promise<ReceivedForm> {
    const parser = this.openParser();
    const over = new Promise<void>((resolve) => (this.settle = resolve));
    const { gone } = this.sender;
    const left = (): void => this.fail(attachmentErrors.clientGone());
    // Whether all of it was read: that all of it has arrived (`complete`) does not mean that it ever will be.
    const closed = (): void => void (this.request.readableEnded || left());
    gone.addEventListener('abort', left);
    this.request.once('close', closed);
    this.request.once('error', left);
    // A file may take longer than other bodies, as long as it goes on.
    liftBodyDeadline(this.request);
    const endWatch = watchProgress(this.request, this.rules.stalledMs, () =>
      this.fail(commonErrors.requestTimeout()),
    );
    if (this.request.destroyed || gone.aborted) left();
    else this.request.pipe(parser);
    await over;
    endWatch();
    this.request.unpipe(parser);
    this.request.off('close', closed);
    gone.removeEventListener('abort', left);
    if (this.failure)
      // With an error: one whose bytes were all read, but not yet its end, would just close, and be waited for for ever.
      for (const stream of this.arriving) stream.destroy(new Error('The form was refused'));
    const files = (await Promise.all(this.receptions)).filter((file) => file !== undefined);
    if (this.failure) {
      await this.spool.discard(...files.map((file) => file.path));
      throw this.failure.error;
    }
    return { fields: Object.fromEntries(this.fields), files };
  }

  private openParser(): BusboyInstance {
    const type = this.request.headers['content-type'] ?? '';
    if (!/^multipart\/form-data\b/i.test(type))
      throw attachmentErrors.badForm('send the file as multipart/form-data');
    const most = Math.max(...Object.values(this.rules.files));
    const announced = Number(this.request.headers['content-length'] ?? 0);
    if (announced > MOST_ANNOUNCED * most * this.rules.maxBytes + FORM_OVERHEAD_BYTES)
      throw attachmentErrors.tooLarge(this.rules.maxBytes);
    let parser: BusboyInstance;
    try {
      parser = new Busboy({
        headers: this.request.headers as BusboyHeaders,
        limits: { fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, headerPairs: 50, headerSize: 16_384 },
      });
    } catch {
      throw attachmentErrors.badForm('the content type has no boundary');
    }
    parser.on('file', (field, stream, name, _encoding, label) => this.file(field, stream, name, label));
    parser.on('field', (name, value, _nameTruncated, truncated) => {
      if (truncated) this.fail(attachmentErrors.badForm(`the field ${JSON.stringify(name)} is too long`));
      else this.fields.set(name, value);
    });
    parser.on('fieldsLimit', () =>
      this.fail(attachmentErrors.badForm(`it has more than ${MAX_FIELDS} fields`)),
    );
    parser.on('error', () => this.fail(attachmentErrors.badForm('the form is malformed or ends too early')));
    parser.on('finish', () => this.settle());
    return parser;
  }

  private file(field: string, stream: BusboyFileStream, name: string | undefined, label: string): void {
    const most = Object.hasOwn(this.rules.files, field) ? (this.rules.files[field] as number) : undefined;
    const count = (this.counts.get(field) ?? 0) + 1;
    this.counts.set(field, count);
    stream.on('error', () => undefined);
    if (most === undefined)
      this.fail(attachmentErrors.badForm(`the field ${JSON.stringify(field)} must not hold a file`));
    else if (count > most) this.fail(attachmentErrors.tooMany(most));
    if (this.failure) {
      stream.resume();
      return;
    }
    this.arriving.add(stream);
    const { maxBytes } = this.rules;
    const reception = this.spool
      .receive(this.sender.userId, stream, maxBytes, () => attachmentErrors.tooLarge(maxBytes))
      .then((file) => ({ ...file, field, name, label }))
      .catch((error: unknown) => {
        this.fail(error);
        return undefined;
      })
      .finally(() => this.arriving.delete(stream));
    this.receptions.push(reception);
  }

  /** The first fault counts; later ones follow from it. */
  private fail(error: unknown): void {
    this.failure ??= { error };
    this.settle();
  }
}
