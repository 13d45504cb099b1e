import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Actor } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { Metrics } from '#libs/platform/metrics';
import { RateLimiter, type RateRule } from '#libs/platform/rate-limit';
import { Spool } from '#libs/platform/storage';
import { inspectPayload, toDto } from '#libs/platform/validation';
import { MAX_FILES } from '#libs/messages';
import { RoomAccessService } from '#libs/rooms';
import { attachmentErrors } from './attachments.errors.js';
import { AttachmentsService, type UploadedFile } from './attachments.service.js';
import { RoomUploadFormDto, UploadFormDto } from './dto/upload-form.dto.js';
import {
  discardUpload,
  receiveForm,
  type FormRules,
  type FormSender,
  type ReceivedForm,
} from './forms/receive-form.js';
import { watchClient } from './forms/watch-client.js';

const MINUTE = 60;

export interface Upload {
  /** `file` of the service document, or `attachments` of the support document. */
  field: 'file' | 'attachments';
  files: UploadedFile[];
}

/** Multipart forms: receiving them, for every dialect, and the upload before a message. */
@Injectable()
export class UploadsService {
  private readonly rate: RateRule;
  private underWay = 0;

  constructor(
    private readonly config: AppConfig,
    private readonly attachments: AttachmentsService,
    private readonly access: RoomAccessService,
    private readonly limiter: RateLimiter,
    private readonly spool: Spool,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'switchboard_uploads_under_way',
      'Forms that are received or worked on',
      () => this.underWay,
    );
    this.rate = { name: 'uploads', points: config.files.uploadsPerMinute, seconds: MINUTE, what: 'uploads' };
  }

  /**
   * Receives a form and hands it to the work; its files are gone when the work is over. Charges the upload rate. When
   * the client goes away the form is over, and `sender.gone` tells the work, which should end then too.
   * @throws RATE_LIMITED, FILE_TOO_LARGE, TOO_MANY_FILES, VALIDATION_ERROR, SERVICE_UNAVAILABLE
   */
  async withForm<T>(
    actor: Actor,
    request: IncomingMessage,
    files: FormRules['files'],
    work: (form: ReceivedForm, sender: FormSender) => Promise<T>,
  ): Promise<T> {
    const { gone, end } = watchClient(request);
    this.underWay += 1;
    try {
      return await this.handle({ userId: actor.id, gone }, request, files, work);
    } finally {
      this.underWay -= 1;
      end();
    }
  }

  private async handle<T>(
    sender: FormSender,
    request: IncomingMessage,
    files: FormRules['files'],
    work: (form: ReceivedForm, sender: FormSender) => Promise<T>,
  ): Promise<T> {
    await this.limiter.consume(this.rate, sender.userId).catch((error: unknown) => {
      discardUpload(request);
      throw error;
    });
    const { maxBytes, stalledMs } = this.config.files;
    const rules = { files, maxBytes, stalledMs };
    const form = await receiveForm(sender, request, this.spool, rules);
    try {
      sender.gone.throwIfAborted();
      inspectPayload(form.fields);
      return await work(form, sender);
    } finally {
      await this.spool.discard(...form.files.map((file) => file.path));
    }
  }

  /**
   * The upload before a message: one `file` for a room, or up to five `attachments`, whose room the message tells.
   * @throws as `withForm` and `AttachmentsService.store`; ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_INACTIVE
   */
  async upload(actor: Actor, request: IncomingMessage): Promise<Upload> {
    const most = { file: 1, attachments: MAX_FILES };
    return this.withForm(actor, request, most, async ({ fields, files }, { gone }) => {
      const field = files.some((file) => file.field === 'attachments') ? 'attachments' : 'file';
      if (files.length === 0) throw attachmentErrors.noFile(field);
      if (files.some((file) => file.field !== field))
        throw attachmentErrors.badForm('use the field file or the field attachments, not both');
      const { room_id, session_id, description, duration } = toDto(
        field === 'file' ? RoomUploadFormDto : UploadFormDto,
        fields,
      );
      const ref = room_id ?? session_id;
      const room = ref === undefined ? null : (await this.access.toWrite(actor, ref)).room;
      const purpose = field === 'file' ? 'service' : 'support';
      const options = { purpose, description, duration, gone } as const;
      return { field, files: await this.attachments.storeAll(actor, room, files, options) };
    });
  }
}
