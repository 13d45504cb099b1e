import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files keep the id of a room that was deleted: whose it was decides that nobody may read or send them any more. */
export class AttachmentsWithoutRoomKey1795190000000 implements MigrationInterface {
  name = 'AttachmentsWithoutRoomKey1795190000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "attachments" DROP CONSTRAINT "FK_2d2d10fd0538613de6bbefb2614"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE "attachments" SET "room_id" = NULL, "deleted_at" = coalesce("deleted_at", now()) WHERE "room_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "rooms" WHERE "rooms"."id" = "attachments"."room_id")`,
    );
    await runner.query(
      `ALTER TABLE "attachments" ADD CONSTRAINT "FK_2d2d10fd0538613de6bbefb2614" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE SET NULL ON UPDATE NO ACTION`,
    );
  }
}
