import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  Authenticator,
  type Actor,
  type ActorObserver,
  type ProfileClaims,
  type Role,
  type VerifiedToken,
} from '#libs/platform/auth';
import { Cluster } from '#libs/platform/cluster';
import { AppConfig } from '#libs/platform/config';
import { Database, groupedLoader, type Transaction } from '#libs/platform/database';
import { EventBus } from '#libs/platform/events';
import { directoryErrors } from './directory.errors.js';
import { UserChanged, UserErased } from './directory.events.js';
import type { PutUserDto } from './dto/directory.dto.js';
import { toUserView, USER_COLUMNS, type UserRow, type UserView } from './user-view.js';

/** Tells the other servers whose profile they must read again. */
const USER_TOPIC = 'user-changed';
const CACHED_USERS = 50_000;
const MAX_ID_LENGTH = 128;

/** What a token says of a person, with its fingerprint. */
interface TokenProfile {
  actor: Actor;
  profile: ProfileClaims;
  fingerprint: string;
}

interface ChangedUserRow extends UserRow {
  previous_role: Role | null;
}

/** Reads `before`, the rows as they were when the statement began. */
const PREVIOUS_ROLE = '(SELECT before.role FROM before WHERE before.id = u.id) AS previous_role';

const STORE_PROFILES = `
  WITH before AS (SELECT id, role FROM users WHERE id = ANY($1::text[]))
  INSERT INTO users AS u (id, role, name, first_name, last_name, username, email, avatar, claims_hash)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[])
  ON CONFLICT (id) DO UPDATE SET role = EXCLUDED.role, claims_hash = EXCLUDED.claims_hash,
    name = CASE WHEN coalesce(EXCLUDED.name, EXCLUDED.first_name, EXCLUDED.last_name) IS NULL THEN u.name ELSE EXCLUDED.name END,
    first_name = coalesce(EXCLUDED.first_name, u.first_name),
    last_name = coalesce(EXCLUDED.last_name, u.last_name), username = coalesce(EXCLUDED.username, u.username),
    email = coalesce(EXCLUDED.email, u.email), avatar = coalesce(EXCLUDED.avatar, u.avatar),
    placeholder = false, updated_at = now()
  WHERE u.claims_hash IS DISTINCT FROM EXCLUDED.claims_hash
  RETURNING ${USER_COLUMNS}, ${PREVIOUS_ROLE}`;

/** Locked in one order, so that servers that stop at the same time do not wait for each other. */
const REMEMBER_LAST_SEEN = `
  WITH seen AS MATERIALIZED (
    SELECT u.id, t.at FROM users u JOIN unnest($1::text[], $2::timestamptz[]) AS t(id, at) ON t.id = u.id
    ORDER BY u.id FOR NO KEY UPDATE OF u)
  UPDATE users u SET last_seen_at = greatest(u.last_seen_at, seen.at) FROM seen WHERE u.id = seen.id
  RETURNING u.id, u.last_seen_at`;

/** People: made by tokens, by the host, or as placeholders; cached, since every message names its sender. */
@Injectable()
export class UsersService implements ActorObserver {
  private readonly cache = new LRUCache<string, UserView>({ max: CACHED_USERS });
  /** Fingerprint of the token profile last stored, by user. */
  private readonly fingerprints = new LRUCache<string, string>({ max: CACHED_USERS });

  /**
   * One group at a time: a person's tokens take effect in the order in which they came. After a restart everyone comes
   * at once, hence the two milliseconds, which nobody pays who is known with this token.
   */
  private readonly storeProfile = groupedLoader(
    (tokens: readonly TokenProfile[]) => this.storeProfiles(tokens),
    { inFlight: 1, gatherMs: 2 },
  );

  constructor(
    private readonly database: Database,
    private readonly events: EventBus,
    private readonly config: AppConfig,
    authenticator: Authenticator,
    cluster: Cluster,
  ) {
    authenticator.observe(this);
    cluster.on(USER_TOPIC, (id) => this.forget(String(id)));
    cluster.catchUp.first(() => {
      this.cache.clear();
      this.fingerprints.clear();
    });
    events.on(UserChanged, ({ user }) => {
      this.cache.set(user.id, user);
      return cluster.publish(USER_TOPIC, user.id);
    });
    events.on(UserErased, ({ userId }) => {
      this.forget(userId);
      return cluster.publish(USER_TOPIC, userId);
    });
  }

  /** The first valid token of an unknown person creates the profile, a changed one refreshes it. */
  async seen({ actor, profile }: VerifiedToken): Promise<void> {
    if (actor.role === 'service') return;
    const fingerprint = fingerprintOf(actor.role, profile);
    if (this.fingerprints.get(actor.id) === fingerprint) return;
    const changed = await this.storeProfile({ actor, profile, fingerprint });
    this.fingerprints.set(actor.id, fingerprint);
    if (changed) await this.publishChange(changed);
  }

  async find(id: string): Promise<UserView | undefined> {
    return (await this.findMany([id])).get(id);
  }

  /** @throws NOT_FOUND */
  async get(id: string): Promise<UserView> {
    const user = await this.find(id);
    if (!user) throw directoryErrors.userNotFound();
    return user;
  }

  /** What is cached, without asking the database. */
  cached(id: string): UserView | undefined {
    return this.cache.get(id);
  }

  async findMany(ids: Iterable<string>): Promise<Map<string, UserView>> {
    const found = new Map<string, UserView>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const user = this.cache.get(id);
      if (user) found.set(id, user);
      else if (isStorableId(id)) missing.push(id);
    }
    if (missing.length > 0) {
      const rows = await this.database.query<UserRow>(
        `SELECT ${USER_COLUMNS} FROM users WHERE id = ANY($1)`,
        [missing],
      );
      for (const row of rows) {
        const user = toUserView(row);
        this.cache.set(user.id, user);
        found.set(user.id, user);
      }
    }
    return found;
  }

  /** Idempotent upsert by the host platform. */
  async put(_actor: Actor, id: string, body: PutUserDto): Promise<UserView> {
    if (!isStorableId(id)) throw directoryErrors.userNotFound();
    const columns = ['name', 'first_name', 'last_name', 'username', 'email', 'avatar', 'role'] as const;
    const given = columns.filter((column) => body[column] !== undefined);
    const values = given.map((column) => body[column]);
    const insertRole = given.includes('role') ? '' : ', role';
    const rows = await this.database.query<ChangedUserRow>(
      `WITH before AS (SELECT id, role FROM users WHERE id = $1)
       INSERT INTO users AS u (id${given.map((c) => `, ${c}`).join('')}${insertRole})
       VALUES ($1${given.map((_, i) => `, $${i + 2}`).join('')}${insertRole ? ", 'customer'" : ''})
       ON CONFLICT (id) DO UPDATE SET placeholder = false, updated_at = now()${given.map((c) => `, ${c} = EXCLUDED.${c}`).join('')}
       RETURNING ${USER_COLUMNS}, ${PREVIOUS_ROLE}`,
      [id, ...values],
    );
    return this.publishChange(rows[0] as ChangedUserRow);
  }

  /**
   * Makes sure that these people can be referred to: unknown ones become placeholders.
   * @throws UNKNOWN_USERS in strict mode.
   */
  async ensure(tx: Transaction, people: { id: string; role?: Role }[]): Promise<void> {
    const ids = people.map((person) => person.id);
    const malformed = ids.filter((id) => !isStorableId(id));
    if (malformed.length > 0) throw directoryErrors.unknownUsers(malformed);
    if (this.config.directory.strict) {
      const known = await tx.query<{ id: string }>('SELECT id FROM users WHERE id = ANY($1)', [ids]);
      const unknown = ids.filter((id) => !known.some((row) => row.id === id));
      if (unknown.length > 0) throw directoryErrors.unknownUsers(unknown);
      return;
    }
    const ordered = [...people].sort((a, b) => (a.id < b.id ? -1 : 1));
    await tx.query(
      `INSERT INTO users (id, role, placeholder) SELECT id, role, true FROM unnest($1::text[], $2::text[]) AS t(id, role)
       ON CONFLICT (id) DO NOTHING`,
      [ordered.map((person) => person.id), ordered.map((person) => person.role ?? 'customer')],
    );
  }

  /** @returns when each of them was seen last: as given, or later where that is known already */
  async rememberLastSeen(seen: readonly { id: string; at: Date }[]): Promise<Map<string, Date>> {
    if (seen.length === 0) return new Map();
    const rows = await this.database.query<{ id: string; last_seen_at: Date }>(REMEMBER_LAST_SEEN, [
      seen.map(({ id }) => id),
      seen.map(({ at }) => at),
    ]);
    for (const { id, last_seen_at: lastSeenAt } of rows) {
      const user = this.cache.get(id);
      if (user) this.cache.set(id, { ...user, lastSeenAt });
    }
    return new Map(rows.map(({ id, last_seen_at }) => [id, last_seen_at]));
  }

  /** @returns the rows that were made or changed. */
  private async storeProfiles(tokens: readonly TokenProfile[]): Promise<Map<TokenProfile, ChangedUserRow>> {
    // The latest of each person; in one order, so that two servers do not wait for each other.
    const latest = new Map(tokens.map((token) => [token.actor.id, token]));
    const ordered = [...latest.values()].sort((a, b) => (a.actor.id < b.actor.id ? -1 : 1));
    const column = <V>(value: (token: TokenProfile) => V): V[] => ordered.map(value);
    const rows = await this.database.query<ChangedUserRow>(STORE_PROFILES, [
      column(({ actor }) => actor.id),
      column(({ actor }) => actor.role),
      column(({ profile }) => profile.name),
      column(({ profile }) => profile.firstName),
      column(({ profile }) => profile.lastName),
      column(({ profile }) => profile.username),
      column(({ profile }) => profile.email),
      column(({ profile }) => profile.avatar),
      column(({ fingerprint }) => fingerprint),
    ]);
    return new Map(rows.map((row) => [latest.get(row.id) as TokenProfile, row]));
  }

  private async publishChange(row: ChangedUserRow): Promise<UserView> {
    const user = toUserView(row);
    await this.events.publish(new UserChanged(user, row.previous_role));
    return user;
  }

  private forget(id: string): void {
    this.cache.delete(id);
    this.fingerprints.delete(id);
  }
}

const fingerprintOf = (role: Role, profile: ProfileClaims): string =>
  hash('sha1', JSON.stringify([role, profile]), 'base64');

/** Ids that can exist at all; others answer like unknown ones. */
export function isStorableId(id: string): boolean {
  return id !== '' && id.length <= MAX_ID_LENGTH && id.isWellFormed() && !id.includes('\u0000');
}
