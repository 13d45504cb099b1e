import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds columns without rewriting a table: servers of the release before go on beside it. */
export class ChangeNumbers1795960000000 implements MigrationInterface {
  name = 'ChangeNumbers1795960000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "rooms" ADD "last_change" bigint NOT NULL DEFAULT '0'`);
    await runner.query(`ALTER TABLE "messages" ADD "change_no" bigint`);
    await runner.query(`ALTER TABLE "message_changes" ADD "change_no" bigint`);
    await runner.query(
      `CREATE INDEX "message_changes_number" ON "message_changes" ("room_id", "change_no") `,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "message_changes_number"`);
    await runner.query(`ALTER TABLE "message_changes" DROP COLUMN "change_no"`);
    await runner.query(`ALTER TABLE "messages" DROP COLUMN "change_no"`);
    await runner.query(`ALTER TABLE "rooms" DROP COLUMN "last_change"`);
  }
}
