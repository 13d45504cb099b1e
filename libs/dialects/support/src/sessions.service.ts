import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Actor } from '#libs/platform/auth';
import { toDto } from '#libs/platform/validation';
import { AttachmentsService, UploadsService } from '#libs/attachments';
import { MAX_FILES, MessagesService, type SentMessage } from '#libs/messages';
import { RoomAccessService, RoomsService, type RoomView } from '#libs/rooms';
import {
  SupportMessageFormDto,
  type SupportCreateSessionDto,
  type SupportSendMessageDto,
} from './dto/support.dto.js';
import { contextOf, SessionContexts } from './session-contexts.js';

/** What the document does in one call where the chat has two: opening with a first message, sending with files. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly contexts: SessionContexts,
    private readonly access: RoomAccessService,
    private readonly messages: MessagesService,
    private readonly uploads: UploadsService,
    private readonly attachments: AttachmentsService,
  ) {}

  /** All or nothing: a session whose first message is refused is not there either. */
  async open(actor: Actor, body: SupportCreateSessionDto): Promise<RoomView> {
    const message = body.initial_message ?? '';
    const first = message.trim() === '' ? undefined : ({ message, message_type: 'text' } as const);
    if (first) this.messages.requireSendable(actor, first);
    const about = contextOf(body);
    const { room } = await this.rooms.create(actor, {
      type: 'support',
      participant_ids: [],
      subject: body.subject,
      category: body.category ?? (await this.categoryOf(actor, about)),
      priority: body.priority ?? undefined,
      ...about,
    });
    if (!first) return room;
    try {
      await this.messages.send(actor, room.id, first);
      return room;
    } catch (error) {
      await this.rooms.discard(room);
      throw error;
    }
  }

  /** @param placed as of `MessagesService.send` */
  send(
    actor: Actor,
    sessionId: string,
    body: SupportSendMessageDto,
    placed?: () => void,
  ): Promise<SentMessage> {
    return this.messages.send(
      actor,
      sessionId,
      {
        message: body.content,
        message_type: body.message_type,
        temp_id: body.temp_id ?? undefined,
        attachments: body.attachment_ids?.map((id) => ({ file_id: id })),
      },
      placed,
    );
  }

  /** Files and text in one form: all or nothing. */
  async sendForm(actor: Actor, sessionId: string, request: IncomingMessage): Promise<SentMessage> {
    const most = { attachments: MAX_FILES };
    return this.uploads.withForm(actor, request, most, async ({ fields, files }, { gone }) => {
      const { content, message_type, temp_id, attachment_ids = [] } = toDto(SupportMessageFormDto, fields);
      const { room } = await this.access.toWrite(actor, sessionId);
      const stored = await this.attachments.storeAll(actor, room, files, {
        purpose: 'support',
        mustBeReady: true,
        gone,
      });
      const onlyPictures = attachment_ids.length === 0 && stored.every(({ view }) => view.kind === 'image');
      const pictures = onlyPictures ? 'image' : 'file';
      try {
        const sent = await this.messages.send(actor, room.id, {
          message: content,
          message_type: message_type ?? (stored.length + attachment_ids.length > 0 ? pictures : 'text'),
          temp_id,
          attachments: [
            ...stored.map(({ view }, index) => ({ file_id: view.id, sha256: files[index]?.sha256 })),
            ...attachment_ids.map((id) => ({ file_id: id })),
          ],
        });
        // A form that came again: the stored message has the files of the first one.
        if (sent.repeated) await this.attachments.discard(stored);
        return sent;
      } catch (error) {
        await this.attachments.discard(stored);
        throw error;
      }
    });
  }

  /** A session without a category has that of what it is about. */
  private async categoryOf(actor: Actor, { context, metadata = {} }: ReturnType<typeof contextOf>) {
    const named = { contextType: context?.type ?? null, contextId: context?.id ?? null, metadata };
    const contextOfNamed = await this.contexts.of(actor, [named]);
    return contextOfNamed(named)?.category ?? undefined;
  }
}
