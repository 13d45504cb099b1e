import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Words without regard to accents and case; the index serves words, prefixes and phrases within rooms. */
export class SearchIndex1795158475091 implements MigrationInterface {
  name = 'SearchIndex1795158475091';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE EXTENSION IF NOT EXISTS unaccent`);
    await runner.query(`CREATE EXTENSION IF NOT EXISTS btree_gin`);
    await runner.query(`CREATE TEXT SEARCH CONFIGURATION chat (COPY = simple)`);
    await runner.query(
      `ALTER TEXT SEARCH CONFIGURATION chat ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple`,
    );
    await runner.query(
      `CREATE INDEX messages_search ON messages USING gin (room_id, to_tsvector('chat', content)) WHERE deleted_at IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_search`);
    await runner.query(`DROP TEXT SEARCH CONFIGURATION chat`);
  }
}
