import { Injectable } from '@nestjs/common';
import { advisoryLock, Database, type Transaction } from '#libs/platform/database';
import type { ClaimingMessage } from '#libs/messages';
import type { ScanState } from './entities/attachment.entity.js';
import {
  ATTACHMENT_COLUMNS,
  toStoredAttachment,
  type AttachmentRow,
  type StoredAttachment,
} from './stored-attachment.js';

/** What belongs to the bytes, and so to every copy of them. */
const OF_CONTENT = `kind, file_name, mime_type, extension, size, thumbnail_size, sha256, width, height, duration,
  waveform, placeholder, description, scan_state`;

export type NewAttachment = Omit<StoredAttachment, 'messageId'>;

/** The room was deleted, and its files with it. */
const ROOM_GONE = 'a.room_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.id = a.room_id)';
/** Visible files: their bytes are in the storage, and they are not on their way out. */
const THERE = `a.stored_at IS NOT NULL AND a.deleted_at IS NULL AND NOT (${ROOM_GONE})`;
const READY = `${THERE} AND a.scan_state IN ('clean', 'skipped')`;

const MESSAGE_STORED = 'EXISTS (SELECT 1 FROM messages m WHERE m.id = a.message_id)';
/** Longer than any statement lasts: whoever claimed a file has stored its message by then, or never will. */
const CLAIM_LASTS = "interval '1 minute'";

/** Whose a copy is, and the message that it is made for. */
export interface CopyFor {
  uploaderId: string;
  roomId: string;
  messageId: string;
}

/** A file that somebody wants to send. */
export interface ClaimableFile {
  id: string;
  messageId: string | null;
  claimKey: string | null;
  state: 'ready' | 'pending' | 'gone';
  /** `claimed`: by a message that is about to be stored, or of which is not known whether it is. */
  claim: 'free' | 'claimed' | 'sent';
}

/** SQL of files. */
@Injectable()
export class AttachmentsRepository {
  constructor(private readonly database: Database) {}

  /** Before the bytes are stored, so that clean-up knows of them whatever happens. */
  async insert(file: NewAttachment, on: Pick<Transaction, 'query'>): Promise<void> {
    await on.query(
      `INSERT INTO attachments (id, uploader_id, room_id, ${OF_CONTENT})
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        file.id,
        file.uploaderId,
        file.roomId,
        file.kind,
        file.fileName,
        file.mimeType,
        file.extension,
        file.size,
        file.thumbnailSize,
        file.sha256,
        file.width,
        file.height,
        file.duration,
        file.waveform,
        file.placeholder,
        file.description,
        file.scanState,
      ],
    );
  }

  /** As `insert`, for copies of files that are ready: fewer rows than asked for where some are not. */
  async insertCopies(
    { uploaderId, roomId, messageId }: CopyFor,
    copies: readonly { id: string; of: string }[],
    on: Pick<Transaction, 'query'>,
  ): Promise<StoredAttachment[]> {
    const rows = await on.query<AttachmentRow & { position: number }>(
      `INSERT INTO attachments AS a (id, uploader_id, room_id, message_id, position, claimed_at, ${OF_CONTENT})
       SELECT wanted.id, $1, $2, $3, wanted.position, now(), ${OF_CONTENT}
       FROM unnest($4::uuid[], $5::uuid[]) WITH ORDINALITY AS wanted(id, original, position)
       JOIN (SELECT a.id AS original, ${OF_CONTENT} FROM attachments a WHERE a.id = ANY($5::uuid[]) AND ${READY}) known
         USING (original)
       RETURNING ${ATTACHMENT_COLUMNS}, a.position`,
      [uploaderId, roomId, messageId, copies.map(({ id }) => id), copies.map(({ of }) => of)],
    );
    return rows.sort((a, b) => a.position - b.position).map(toStoredAttachment);
  }

  /** Bytes that a person's files take; serialises that person's uploads until the end of the transaction. */
  async lockUsage(tx: Transaction, uploaderId: string): Promise<number> {
    await advisoryLock(tx, `uploads:${uploaderId}`);
    const rows = await tx.query<{ bytes: string }>(
      `SELECT coalesce(sum(size + coalesce(thumbnail_size, 0)), 0) AS bytes
       FROM attachments WHERE uploader_id = $1 AND deleted_at IS NULL`,
      [uploaderId],
    );
    return Number(rows[0]?.bytes ?? 0);
  }

  /** @returns whether it is still wanted: the uploader may have been erased meanwhile. */
  async markStored(id: string): Promise<boolean> {
    const rows = await this.database.query(
      'UPDATE attachments SET stored_at = now() WHERE id = $1 AND deleted_at IS NULL RETURNING id',
      [id],
    );
    return rows.length > 0;
  }

  async find(id: string): Promise<StoredAttachment | undefined> {
    const rows = await this.database.query<AttachmentRow>(
      `SELECT ${ATTACHMENT_COLUMNS} FROM attachments a WHERE a.id = $1 AND ${THERE}`,
      [id],
    );
    return rows[0] && toStoredAttachment(rows[0]);
  }

  /** In the order of the message. */
  async ofMessages(messageIds: readonly string[]): Promise<Map<string, StoredAttachment[]>> {
    const rows = await this.database.query<AttachmentRow>(
      `SELECT ${ATTACHMENT_COLUMNS} FROM attachments a WHERE a.message_id = ANY($1::uuid[]) AND ${THERE}
       ORDER BY a.message_id, a.position`,
      [messageIds],
    );
    const found = new Map<string, StoredAttachment[]>();
    for (const row of rows) {
      const list = found.get(row.message_id as string) ?? [];
      list.push(toStoredAttachment(row));
      found.set(row.message_id as string, list);
    }
    return found;
  }

  /** All files of a message, in its order, with those that wait for the scanner or are on their way out. */
  async traces(messageId: string): Promise<{ id: string; state: 'ready' | 'pending' | 'gone' }[]> {
    return this.database.query(
      `SELECT a.id, CASE WHEN ${READY} THEN 'ready' WHEN ${THERE} THEN 'pending' ELSE 'gone' END AS state
       FROM attachments a WHERE a.message_id = $1 ORDER BY a.position`,
      [messageId],
    );
  }

  /** Those of the files that this person uploaded for this room, as nobody changes them during the transaction. */
  async lockForClaim(
    tx: Transaction,
    uploaderId: string,
    roomId: string,
    ids: readonly string[],
  ): Promise<ClaimableFile[]> {
    return tx.query(
      `SELECT a.id, a.message_id AS "messageId", a.claim_key AS "claimKey",
         CASE WHEN ${READY} THEN 'ready' WHEN ${THERE} THEN 'pending' ELSE 'gone' END AS state,
         CASE WHEN a.message_id IS NULL THEN 'free' WHEN ${MESSAGE_STORED} THEN 'sent'
           WHEN a.claimed_at > now() - ${CLAIM_LASTS} THEN 'claimed' ELSE 'free' END AS claim
       FROM attachments a
       WHERE a.id = ANY($3::uuid[]) AND a.uploader_id = $1 AND (a.room_id = $2 OR a.room_id IS NULL)
       ORDER BY a.id FOR NO KEY UPDATE`,
      [uploaderId, roomId, ids],
    );
  }

  /** Binds locked files to a message, in this order. */
  async claim(
    tx: Transaction,
    roomId: string,
    { id, clientKey }: ClaimingMessage,
    ids: readonly string[],
  ): Promise<StoredAttachment[]> {
    const rows = await tx.query<AttachmentRow & { position: number }>(
      `UPDATE attachments a
       SET message_id = $2, claim_key = $3, room_id = $1, position = wanted.position, claimed_at = now()
       FROM unnest($4::uuid[]) WITH ORDINALITY AS wanted(id, position)
       WHERE a.id = wanted.id
       RETURNING ${ATTACHMENT_COLUMNS}, a.position`,
      [roomId, id, clientKey, ids],
    );
    return rows.sort((a, b) => a.position - b.position).map(toStoredAttachment);
  }

  /** Frees the files of a message that was not stored. */
  async release(messageId: string): Promise<void> {
    await this.database.query(
      `UPDATE attachments SET message_id = NULL, claimed_at = NULL, claim_key = NULL
       WHERE message_id = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE id = $1)`,
      [messageId],
    );
  }

  /** From now on the files are there for nobody; `FileRemover` removes the bytes. */
  async markDeleted(ids: readonly string[]): Promise<void> {
    await this.database.query(
      'UPDATE attachments SET deleted_at = now() WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL',
      [ids],
    );
  }

  /** As `markDeleted`, but for those that a message has, or may have: of which is not known whether it is stored. */
  async markDeletedUnclaimed(ids: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE attachments SET deleted_at = now()
       WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL AND message_id IS NULL`,
      [ids],
    );
  }

  /** Copies that were made for a message that was not stored. */
  async markDeletedUnsent(messageId: string): Promise<void> {
    await this.database.query(
      `UPDATE attachments SET deleted_at = now()
       WHERE message_id = $1 AND deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM messages WHERE id = $1)`,
      [messageId],
    );
  }

  async markDeletedOfMessages(messageIds: readonly string[]): Promise<void> {
    await this.database.query(
      'UPDATE attachments SET deleted_at = now() WHERE message_id = ANY($1::uuid[]) AND deleted_at IS NULL',
      [messageIds],
    );
  }

  /** Part of erasing a person: the files go with everything else, and the rows name no one from here on. */
  async markDeletedOf(tx: Transaction, uploaderId: string, tombstoneId: string): Promise<void> {
    await tx.query(
      'UPDATE attachments SET deleted_at = coalesce(deleted_at, now()), uploader_id = $2 WHERE uploader_id = $1',
      [uploaderId, tombstoneId],
    );
  }

  async markDeletedOfRoom(roomId: string): Promise<void> {
    await this.database.query(
      'UPDATE attachments SET deleted_at = now() WHERE room_id = $1 AND deleted_at IS NULL',
      [roomId],
    );
  }

  /** Uploads that were never sent. */
  async markOrphans(orphanSeconds: number): Promise<void> {
    await this.database.query(
      `UPDATE attachments SET deleted_at = now()
       WHERE message_id IS NULL AND deleted_at IS NULL AND created_at < now() - make_interval(secs => $1)`,
      [orphanSeconds],
    );
  }

  /** Frees uploads whose message was never stored, where nobody lived to do it. Looks at every file. */
  async releaseAbandoned(): Promise<void> {
    // Copies are claimed from the first; they were made for that message alone.
    await this.database.query(
      `UPDATE attachments a SET message_id = NULL, claimed_at = NULL, claim_key = NULL
       WHERE a.claimed_at < now() - interval '1 hour' AND a.claimed_at > a.created_at AND a.deleted_at IS NULL
         AND NOT ${MESSAGE_STORED}`,
    );
  }

  /**
   * What an event or a process did not live to clean up: files of rooms and messages that are deleted, copies for
   * messages that were never stored, and bytes whose way into the storage was cut off. Looks at every file.
   */
  async markLeftovers(): Promise<void> {
    await this.database.query(
      `UPDATE attachments a SET deleted_at = now()
       WHERE a.deleted_at IS NULL AND (
         (a.stored_at IS NULL AND a.created_at < now() - interval '1 hour')
         OR (${ROOM_GONE})
         OR EXISTS (SELECT 1 FROM messages m WHERE m.id = a.message_id AND m.deleted_at IS NOT NULL)
         OR (a.claimed_at < now() - interval '1 hour' AND NOT ${MESSAGE_STORED}))`,
    );
  }

  /** Files that came while no scanner was configured wait for the one that is now. */
  async rescanSkipped(): Promise<void> {
    await this.database.query(
      `UPDATE attachments SET scan_state = 'pending', lease_until = NULL WHERE scan_state = 'skipped'`,
    );
  }

  /** Takes some of the marked files for this node; another node gets others, or these after the lease. */
  async leaseDeleted(limit: number): Promise<StoredAttachment[]> {
    return this.lease('a.deleted_at IS NOT NULL', limit);
  }

  /** As `leaseDeleted`, for files that wait for the scanner. */
  async leasePending(limit: number): Promise<StoredAttachment[]> {
    return this.lease(`${THERE} AND a.scan_state = 'pending'`, limit);
  }

  async releaseLease(ids: readonly string[]): Promise<void> {
    await this.database.query('UPDATE attachments SET lease_until = NULL WHERE id = ANY($1::uuid[])', [ids]);
  }

  /** @returns whether it was still waiting: only the first verdict counts. */
  async setScanState(id: string, state: ScanState): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE attachments SET scan_state = $2, lease_until = NULL,
         deleted_at = CASE WHEN $2 = 'infected' THEN now() ELSE deleted_at END
       WHERE id = $1 AND scan_state = 'pending' AND deleted_at IS NULL RETURNING id`,
      [id, state],
    );
    return rows.length > 0;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.database.query(
      'DELETE FROM attachments WHERE id = ANY($1::uuid[]) AND deleted_at IS NOT NULL',
      [ids],
    );
  }

  private async lease(condition: string, limit: number): Promise<StoredAttachment[]> {
    const rows = await this.database.query<AttachmentRow>(
      `UPDATE attachments a SET lease_until = now() + interval '5 minutes'
       WHERE a.id IN (
         SELECT a.id FROM attachments a WHERE ${condition} AND (a.lease_until IS NULL OR a.lease_until < now())
         ORDER BY a.created_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING ${ATTACHMENT_COLUMNS}`,
      [limit],
    );
    return rows.map(toStoredAttachment);
  }
}
