import { AuditEntry } from '#libs/platform/audit';
import { runMigrations, type SchemaParts } from '#libs/platform/database';
import { Attachment } from '#libs/attachments';
import { Context, User } from '#libs/directory';
import { Message, MessageChange, MessageEdit, Reaction, Receipt } from '#libs/messages';
import { Invitation, Participant, Room } from '#libs/rooms';
import { migrations } from './migrations/index.js';

/** All tables of the chat, and how they came about. */
export const schema: SchemaParts = {
  entities: [
    AuditEntry,
    User,
    Context,
    Room,
    Participant,
    Invitation,
    Message,
    MessageChange,
    MessageEdit,
    Reaction,
    Receipt,
    Attachment,
  ],
  migrations,
};

/** Brings a database to the newest schema. @returns the names of the migrations that ran. */
export const migrate = (url: string): Promise<string[]> => runMigrations(url, schema);
