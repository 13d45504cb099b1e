import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RolesAndMessageFeatures1795158475090 implements MigrationInterface {
  name = 'RolesAndMessageFeatures1795158475090';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "invitations" ("id" uuid NOT NULL, "room_id" uuid NOT NULL, "token_hash" text NOT NULL, "created_by" text, "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL, "max_uses" integer, "uses" integer NOT NULL DEFAULT '0', "revoked_at" TIMESTAMP WITH TIME ZONE, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), CONSTRAINT "UQ_872ac94a64b3d44fc4b554780cd" UNIQUE ("token_hash"), CONSTRAINT "PK_5dec98cfdfd562e4ad3648bbb07" PRIMARY KEY ("id"))`,
    );
    await runner.query(`CREATE INDEX "invitations_room" ON "invitations"  ("room_id") `);
    await runner.query(
      `CREATE TABLE "message_edits" ("id" uuid NOT NULL, "message_id" uuid NOT NULL, "content" text NOT NULL, "edited_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), CONSTRAINT "PK_38e8913cdc69c8908540910301c" PRIMARY KEY ("id"))`,
    );
    await runner.query(
      `CREATE INDEX "message_edits_message" ON "message_edits"  ("message_id", "edited_at") `,
    );
    await runner.query(
      `CREATE TABLE "reactions" ("message_id" uuid NOT NULL, "user_id" text NOT NULL, "emoji" text NOT NULL, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), CONSTRAINT "PK_d19564cf772d6b6f7a3bbfd7a21" PRIMARY KEY ("message_id", "user_id", "emoji"))`,
    );
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "archived_at"`);
    await runner.query(`ALTER TABLE "rooms" ADD "blocked_by" text`);
    await runner.query(`ALTER TABLE "participants" ADD "archived_seq" bigint`);
    await runner.query(`ALTER TABLE "participants" ADD "muted_until" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "participants" ADD "banned_until" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "messages" ADD "changed_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "messages" ADD "mentions" text array`);
    await runner.query(`ALTER TABLE "messages" ADD "pinned_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "messages" ADD "pinned_by" text`);
    await runner.query(
      `CREATE INDEX "messages_pinned" ON "messages"  ("room_id", "pinned_at") WHERE pinned_at IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX "messages_changed" ON "messages"  ("room_id", "changed_at") WHERE changed_at IS NOT NULL`,
    );
    await runner.query(
      `ALTER TABLE "invitations" ADD CONSTRAINT "FK_b9282074490d518e10e061c6303" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "message_edits" ADD CONSTRAINT "FK_e55266a1aace3c913e81bd129c5" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "reactions" ADD CONSTRAINT "FK_2ee227780745018b358237c0ad7" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "reactions" ADD CONSTRAINT "FK_dde6062145a93649adc5af3946e" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "reactions" DROP CONSTRAINT "FK_dde6062145a93649adc5af3946e"`);
    await runner.query(`ALTER TABLE "reactions" DROP CONSTRAINT "FK_2ee227780745018b358237c0ad7"`);
    await runner.query(`ALTER TABLE "message_edits" DROP CONSTRAINT "FK_e55266a1aace3c913e81bd129c5"`);
    await runner.query(`ALTER TABLE "invitations" DROP CONSTRAINT "FK_b9282074490d518e10e061c6303"`);
    await runner.query(`DROP INDEX "public"."messages_changed"`);
    await runner.query(`DROP INDEX "public"."messages_pinned"`);
    await runner.query(`ALTER TABLE "messages" DROP COLUMN "pinned_by"`);
    await runner.query(`ALTER TABLE "messages" DROP COLUMN "pinned_at"`);
    await runner.query(`ALTER TABLE "messages" DROP COLUMN "mentions"`);
    await runner.query(`ALTER TABLE "messages" DROP COLUMN "changed_at"`);
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "banned_until"`);
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "muted_until"`);
    await runner.query(`ALTER TABLE "participants" DROP COLUMN "archived_seq"`);
    await runner.query(`ALTER TABLE "rooms" DROP COLUMN "blocked_by"`);
    await runner.query(`ALTER TABLE "participants" ADD "archived_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`DROP TABLE "reactions"`);
    await runner.query(`DROP INDEX "public"."message_edits_message"`);
    await runner.query(`DROP TABLE "message_edits"`);
    await runner.query(`DROP INDEX "public"."invitations_room"`);
    await runner.query(`DROP TABLE "invitations"`);
  }
}
