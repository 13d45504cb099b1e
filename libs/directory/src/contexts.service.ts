import { Injectable } from '@nestjs/common';
import type { Actor, Role } from '#libs/platform/auth';
import { advisoryLock, Database, type Transaction } from '#libs/platform/database';
import { isForeign } from './context-policy.js';
import { directoryErrors } from './directory.errors.js';
import type { PutContextDto } from './dto/directory.dto.js';
import {
  type Context,
  CONTEXT_TYPES,
  type ContextParticipant,
  type ContextType,
} from './entities/context.entity.js';
import { isStorableId, UsersService } from './users.service.js';

const CONTEXT_COLUMNS =
  'type, id, participants, category, status, data, created_at AS "createdAt", updated_at AS "updatedAt"';
const SELECT_CONTEXT = `SELECT ${CONTEXT_COLUMNS} FROM contexts WHERE type = $1 AND id = $2`;

export interface ContextChange {
  before: Context | undefined;
  after: Context;
  added: ContextParticipant[];
  removed: ContextParticipant[];
  /** The new status, when it changed on an existing context. */
  newStatus: string | undefined;
}

/** Called inside the transaction that stores a context, so that its room exists as soon as it does. */
export type ContextStep = (tx: Transaction, change: ContextChange) => Promise<void>;

/** Business objects of the host platform that conversations are about. */
@Injectable()
export class ContextsService {
  private readonly steps: ContextStep[] = [];

  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
  ) {}

  register(step: ContextStep): void {
    this.steps.push(step);
  }

  /** Idempotent upsert; a participant who is left out of the list leaves. */
  async put(_actor: Actor, type: string, id: string, body: PutContextDto): Promise<Context> {
    const contextType = requireType(type, id);
    return this.database.transaction(async (tx) => {
      await advisoryLock(tx, `context:${contextType}:${id}`);
      const before = (await tx.query<Context>(SELECT_CONTEXT, [contextType, id]))[0];
      const participants = body.participants ? distinct(body.participants) : (before?.participants ?? []);
      await this.users.ensure(
        tx,
        participants.map((entry) => ({ id: entry.user_id, role: entry.role as Role })),
      );
      const [after] = (await tx.query<Context>(
        `INSERT INTO contexts (type, id, participants, category, status, data) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (type, id) DO UPDATE SET participants = EXCLUDED.participants, category = EXCLUDED.category,
           status = EXCLUDED.status, data = EXCLUDED.data, updated_at = now()
         RETURNING ${CONTEXT_COLUMNS}`,
        [
          contextType,
          id,
          JSON.stringify(participants),
          body.category === undefined ? (before?.category ?? null) : body.category,
          body.status === undefined ? (before?.status ?? null) : body.status,
          JSON.stringify(body.data ?? before?.data ?? {}),
        ],
      )) as [Context];
      const change = compare(before, after);
      for (const step of this.steps) await step(tx, change);
      return after;
    });
  }

  async find(type: string, id: string): Promise<Context | undefined> {
    if (!CONTEXT_TYPES.includes(type as ContextType) || !isStorableId(id)) return undefined;
    return (await this.database.query<Context>(SELECT_CONTEXT, [type, id]))[0];
  }

  /** Those of one type that exist, by id. */
  async findMany(type: ContextType, ids: Iterable<string>): Promise<Map<string, Context>> {
    const wanted = [...new Set(ids)].filter(isStorableId);
    if (wanted.length === 0) return new Map();
    const rows = await this.database.query<Context>(
      `SELECT ${CONTEXT_COLUMNS} FROM contexts WHERE type = $1 AND id = ANY($2)`,
      [type, wanted],
    );
    return new Map(rows.map((context) => [context.id, context]));
  }

  /** As it is until the end of the transaction: nobody changes it meanwhile. @throws NOT_FOUND */
  async hold(tx: Transaction, type: ContextType, id: string): Promise<Context> {
    const rows = isStorableId(id) ? await tx.query<Context>(`${SELECT_CONTEXT} FOR SHARE`, [type, id]) : [];
    if (!rows[0]) throw directoryErrors.contextNotFound();
    return rows[0];
  }

  /** For who names an object in a conversation; the directory need not know it. @throws FORBIDDEN where it is others' */
  async requireNotForeign(actor: Actor, type: ContextType, id: string): Promise<void> {
    const context = await this.find(type, id);
    if (context && isForeign(actor, context)) throw directoryErrors.foreignContext(type);
  }

  /** @throws NOT_FOUND */
  async get(_actor: Actor, type: string, id: string): Promise<Context> {
    const context = await this.find(type, id);
    if (!context) throw directoryErrors.contextNotFound();
    return context;
  }
}

function requireType(type: string, id: string): ContextType {
  if (!CONTEXT_TYPES.includes(type as ContextType) || !isStorableId(id))
    throw directoryErrors.contextNotFound();
  return type as ContextType;
}

function distinct(participants: ContextParticipant[]): ContextParticipant[] {
  return [...new Map(participants.map((entry) => [entry.user_id, entry])).values()];
}

function compare(before: Context | undefined, after: Context): ContextChange {
  const missingFrom = (list: ContextParticipant[]) => (entry: ContextParticipant) =>
    !list.some((other) => other.user_id === entry.user_id);
  const old = before?.participants ?? [];
  return {
    before,
    after,
    added: after.participants.filter(missingFrom(old)),
    removed: old.filter(missingFrom(after.participants)),
    newStatus: before && after.status !== null && after.status !== before.status ? after.status : undefined,
  };
}
