import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The index of the former search, whose words depended on the parser and the locale of the database. Apart from the
 * migration before: this lock keeps readers out too, so it must not last as long as an index takes. The configuration
 * stays for servers of the release before.
 */
export class DropSearchConfiguration1795192803001 implements MigrationInterface {
  name = 'DropSearchConfiguration1795192803001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_search`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX messages_search ON messages USING gin (room_id, to_tsvector('chat', content)) WHERE deleted_at IS NULL`,
    );
  }
}
