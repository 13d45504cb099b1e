import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InitialSchema1795157873280 implements MigrationInterface {
  name = 'InitialSchema1795157873280';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "audit_entries" ("id" uuid NOT NULL, "actor_id" text NOT NULL, "actor_role" text NOT NULL, "action" text NOT NULL, "target_type" text NOT NULL, "target_id" text NOT NULL, "details" jsonb NOT NULL DEFAULT '{}', "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), CONSTRAINT "PK_6b1623bcad4d04530b76548d619" PRIMARY KEY ("id"))`,
    );
    await runner.query(
      `CREATE INDEX "audit_entries_target" ON "audit_entries"  ("target_type", "target_id", "created_at") `,
    );
    await runner.query(
      `CREATE TABLE "contexts" ("type" text NOT NULL, "id" text NOT NULL, "participants" jsonb NOT NULL DEFAULT '[]', "category" text, "status" text, "data" jsonb NOT NULL DEFAULT '{}', "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), CONSTRAINT "PK_39ceb0807b1bf9ee854e8d8e292" PRIMARY KEY ("type", "id"))`,
    );
    await runner.query(
      `CREATE TABLE "users" ("id" text NOT NULL, "role" text NOT NULL, "name" text, "first_name" text, "last_name" text, "username" text, "email" text, "avatar" text, "claims_hash" text, "placeholder" boolean NOT NULL DEFAULT false, "erased" boolean NOT NULL DEFAULT false, "last_seen_at" TIMESTAMP WITH TIME ZONE, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" PRIMARY KEY ("id"))`,
    );
    await runner.query(
      `CREATE TABLE "rooms" ("id" uuid NOT NULL, "key" text, "dedupe_key" text, "type" text NOT NULL, "status" text NOT NULL DEFAULT 'active', "name" text, "description" text, "subject" text, "category" text, "priority" text NOT NULL DEFAULT 'normal', "is_private" boolean NOT NULL DEFAULT true, "max_members" integer, "created_by" text, "assignee_id" text, "context_type" text, "context_id" text, "metadata" jsonb NOT NULL DEFAULT '{}', "last_seq" bigint NOT NULL DEFAULT '0', "last_message_at" TIMESTAMP WITH TIME ZONE, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "closed_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "UQ_8c940f6c66f73f0b320026a8e9b" UNIQUE ("key"), CONSTRAINT "UQ_a7fa511655e026fe1eb981d48c6" UNIQUE ("dedupe_key"), CONSTRAINT "PK_0368a2d7c215f2d0458a54933f2" PRIMARY KEY ("id"))`,
    );
    await runner.query(`CREATE INDEX "rooms_status" ON "rooms"  ("type", "status", "created_at") `);
    await runner.query(`CREATE INDEX "rooms_context" ON "rooms"  ("context_type", "context_id") `);
    await runner.query(
      `CREATE TABLE "participants" ("room_id" uuid NOT NULL, "user_id" text NOT NULL, "role" text NOT NULL DEFAULT 'member', "joined_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "left_at" TIMESTAMP WITH TIME ZONE, "read_seq" bigint NOT NULL DEFAULT '0', "delivered_seq" bigint NOT NULL DEFAULT '0', "archived_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_bd66a696f3c58c96eaceb518ad9" PRIMARY KEY ("room_id", "user_id"))`,
    );
    await runner.query(
      `CREATE INDEX "participants_user" ON "participants"  ("user_id") WHERE left_at IS NULL`,
    );
    await runner.query(
      `CREATE TABLE "messages" ("id" uuid NOT NULL, "room_id" uuid NOT NULL, "seq" bigint NOT NULL, "sender_id" text, "client_id" text, "client_key" text, "type" text NOT NULL, "content" text NOT NULL, "metadata" jsonb NOT NULL DEFAULT '{}', "reply_to" uuid, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "edited_at" TIMESTAMP WITH TIME ZONE, "deleted_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_18325f38ae6de43878487eff986" PRIMARY KEY ("id"))`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX "messages_client_key" ON "messages"  ("room_id", "sender_id", "client_key") WHERE client_key IS NOT NULL`,
    );
    await runner.query(`CREATE UNIQUE INDEX "messages_room_seq" ON "messages"  ("room_id", "seq") `);
    await runner.query(
      `CREATE TABLE "receipts" ("id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL, "room_id" uuid NOT NULL, "user_id" text NOT NULL, "kind" text NOT NULL, "seqs" int8range NOT NULL, "at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), CONSTRAINT "PK_5e8182d7c29e023da6e1ff33bfe" PRIMARY KEY ("id"))`,
    );
    await runner.query(`CREATE INDEX "receipts_user" ON "receipts"  ("user_id", "room_id") `);
    await runner.query(
      `ALTER TABLE "participants" ADD CONSTRAINT "FK_42c01cbcaf3a10ee28196dd5622" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "participants" ADD CONSTRAINT "FK_1427a77e06023c250ed3794a1ba" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "messages" ADD CONSTRAINT "FK_1dda4fc8dbeeff2ee71f0088ba0" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "receipts" ADD CONSTRAINT "FK_e95342d6cd0d02669dfb0412aca" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "receipts" ADD CONSTRAINT "FK_6f5a711d2591ddf19f9519900e9" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "receipts" DROP CONSTRAINT "FK_6f5a711d2591ddf19f9519900e9"`);
    await runner.query(`ALTER TABLE "receipts" DROP CONSTRAINT "FK_e95342d6cd0d02669dfb0412aca"`);
    await runner.query(`ALTER TABLE "messages" DROP CONSTRAINT "FK_1dda4fc8dbeeff2ee71f0088ba0"`);
    await runner.query(`ALTER TABLE "participants" DROP CONSTRAINT "FK_1427a77e06023c250ed3794a1ba"`);
    await runner.query(`ALTER TABLE "participants" DROP CONSTRAINT "FK_42c01cbcaf3a10ee28196dd5622"`);
    await runner.query(`DROP INDEX "public"."receipts_user"`);
    await runner.query(`DROP TABLE "receipts"`);
    await runner.query(`DROP INDEX "public"."messages_room_seq"`);
    await runner.query(`DROP INDEX "public"."messages_client_key"`);
    await runner.query(`DROP TABLE "messages"`);
    await runner.query(`DROP INDEX "public"."participants_user"`);
    await runner.query(`DROP TABLE "participants"`);
    await runner.query(`DROP INDEX "public"."rooms_context"`);
    await runner.query(`DROP INDEX "public"."rooms_status"`);
    await runner.query(`DROP TABLE "rooms"`);
    await runner.query(`DROP TABLE "users"`);
    await runner.query(`DROP TABLE "contexts"`);
    await runner.query(`DROP INDEX "public"."audit_entries_target"`);
    await runner.query(`DROP TABLE "audit_entries"`);
  }
}
