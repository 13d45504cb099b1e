import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What entities cannot declare: range index, storage settings, and the announcement room that always exists. */
export class IndexesAndSeeds1795157873281 implements MigrationInterface {
  name = 'IndexesAndSeeds1795157873281';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE EXTENSION IF NOT EXISTS btree_gist`);
    await runner.query(`CREATE INDEX receipts_room_seqs ON receipts USING gist (room_id, seqs)`);
    // Each message updates its room's row: room on the page keeps that update off the indexes (HOT).
    await runner.query(`ALTER TABLE rooms SET (fillfactor = 60)`);
    await runner.query(`ALTER TABLE participants SET (fillfactor = 80)`);
    await runner.query(
      `INSERT INTO rooms (id, key, type, name, is_private)
       VALUES (gen_random_uuid(), 'broadcast_all', 'broadcast', 'Announcements', false)
       ON CONFLICT DO NOTHING`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM rooms WHERE key = 'broadcast_all'`);
    await runner.query(`ALTER TABLE participants RESET (fillfactor)`);
    await runner.query(`ALTER TABLE rooms RESET (fillfactor)`);
    await runner.query(`DROP INDEX receipts_room_seqs`);
  }
}
