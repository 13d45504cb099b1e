import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The former search, whose words depended on the parser and the locale of the database. Apart from the migration before:
 * this lock keeps readers out too, so it must not last as long as an index takes.
 */
export class DropSearchConfiguration1795192803001 implements MigrationInterface {
  name = 'DropSearchConfiguration1795192803001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_search`);
    await runner.query(`DROP TEXT SEARCH CONFIGURATION chat`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TEXT SEARCH CONFIGURATION chat (COPY = simple)`);
    await runner.query(
      `ALTER TEXT SEARCH CONFIGURATION chat ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple`,
    );
    await runner.query(
      `CREATE INDEX messages_search ON messages USING gin (room_id, to_tsvector('chat', content)) WHERE deleted_at IS NULL`,
    );
  }
}
