import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Servers of the release that searched by it may still run during an upgrade, and an earlier form of this upgrade took it
 * from them. Without its index, which costs each message: their searches are slow for a while, and answer.
 */
export class FormerSearch1795980000000 implements MigrationInterface {
  name = 'FormerSearch1795980000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'chat' AND cfgnamespace = current_schema()::regnamespace) THEN
        CREATE TEXT SEARCH CONFIGURATION chat (COPY = simple);
        ALTER TEXT SEARCH CONFIGURATION chat ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
      END IF;
    END $$`);
  }

  /** The migration before leaves it where it is, too. */
  async down(): Promise<void> {}
}
