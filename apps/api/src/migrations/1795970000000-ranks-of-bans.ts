import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bans and mutes of the release before have no rank: whoever may ban or mute ends them, as then. */
export class RanksOfBans1795970000000 implements MigrationInterface {
  name = 'RanksOfBans1795970000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "participants" ADD "muted_by" text`);
    await runner.query(`ALTER TABLE "participants" ADD "muted_rank" smallint`);
    await runner.query(`ALTER TABLE "participants" ADD "banned_by" text`);
    await runner.query(`ALTER TABLE "participants" ADD "banned_rank" smallint`);
    await runner.query(
      `CREATE INDEX "participants_muted_by" ON "participants" ("muted_by") WHERE muted_by IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX "participants_banned_by" ON "participants" ("banned_by") WHERE banned_by IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "participants_banned_by"`);
    await runner.query(`DROP INDEX "participants_muted_by"`);
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "banned_rank"`);
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "banned_by"`);
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "muted_rank"`);
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "muted_by"`);
  }
}
