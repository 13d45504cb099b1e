import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A table of its own: a column of messages would need an index over all of them, which stops writing while it is made.
 * It starts empty, since earlier changes are found by their time.
 */
export class MessageChanges1795192541112 implements MigrationInterface {
  name = 'MessageChanges1795192541112';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "message_changes" ("message_id" uuid NOT NULL, "room_id" uuid NOT NULL, "after_seq" bigint NOT NULL, CONSTRAINT "PK_80ef2ed8b47d3b82fa15e081ade" PRIMARY KEY ("message_id"))`,
    );
    await runner.query(`CREATE INDEX "message_changes_room" ON "message_changes"  ("room_id", "after_seq") `);
    await runner.query(
      `ALTER TABLE "message_changes" ADD CONSTRAINT "FK_80ef2ed8b47d3b82fa15e081ade" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "message_changes"`);
  }
}
