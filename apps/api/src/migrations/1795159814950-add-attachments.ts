import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAttachments1795159814950 implements MigrationInterface {
  name = 'AddAttachments1795159814950';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "attachments" (
        "id" uuid NOT NULL,
        "uploader_id" text NOT NULL,
        "room_id" uuid,
        "message_id" uuid,
        "position" smallint NOT NULL DEFAULT '0',
        "kind" text NOT NULL,
        "file_name" text NOT NULL,
        "mime_type" text NOT NULL,
        "extension" text NOT NULL,
        "size" bigint NOT NULL,
        "thumbnail_size" integer,
        "sha256" text NOT NULL,
        "width" integer,
        "height" integer,
        "duration" double precision,
        "waveform" smallint array,
        "placeholder" text,
        "description" text,
        "scan_state" text NOT NULL,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "stored_at" TIMESTAMP WITH TIME ZONE,
        "claimed_at" TIMESTAMP WITH TIME ZONE,
        "deleted_at" TIMESTAMP WITH TIME ZONE,
        "lease_until" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT "PK_5e1f050bcff31e3084a1d662412" PRIMARY KEY ("id")
      )`);
    await runner.query(
      `CREATE INDEX "attachments_work" ON "attachments" ("lease_until") WHERE deleted_at IS NOT NULL OR scan_state = 'pending'`,
    );
    await runner.query(
      `CREATE INDEX "attachments_unclaimed" ON "attachments" ("created_at") WHERE message_id IS NULL`,
    );
    await runner.query(`CREATE INDEX "attachments_room" ON "attachments" ("room_id")`);
    await runner.query(`CREATE INDEX "attachments_uploader" ON "attachments" ("uploader_id")`);
    await runner.query(
      `CREATE INDEX "attachments_message" ON "attachments" ("message_id") WHERE message_id IS NOT NULL`,
    );
    await runner.query(
      `ALTER TABLE "attachments" ADD CONSTRAINT "FK_2d2d10fd0538613de6bbefb2614" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE SET NULL ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "attachments"`);
  }
}
