import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A message whose storing failed finds its files again when it is repeated. */
export class ClaimKeys1795960000001 implements MigrationInterface {
  name = 'ClaimKeys1795960000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE attachments ADD claim_key text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE attachments DROP COLUMN claim_key`);
  }
}
