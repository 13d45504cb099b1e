import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds who passed on a message, so that erasing its sender does not read every message. */
export class ForwardedMessages1795193200000 implements MigrationInterface {
  name = 'ForwardedMessages1795193200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX messages_forwarded ON messages ((metadata->'forwarded_from'->>'message_id'))
       WHERE metadata ? 'forwarded_from'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_forwarded`);
  }
}
