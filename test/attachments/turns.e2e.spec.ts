import { ONE_NODE, World, type Person } from '../support/world.js';
import { animation, png, recording, type TestFile } from './support/files.js';
import { mustUpload } from './support/uploads.js';

/** Just too much for the turns of photos. */
const HEAVY = () => animation(26, 400, 400);
const FLOOD = 5;
const DAMAGE = [
  [134, 80],
  [46, 38],
  [199, 125],
] as const;

describe('a user who uploads much', () => {
  let world: World;
  let flooder: Person;
  let other: Person;
  let room: string;
  beforeAll(async () => {
    world = await World.start({ CHAT_UPLOAD_LIMIT: '1000', CHAT_VOICE_NOTE_LIMIT: '1000' }, ONE_NODE);
    flooder = world.person('customer');
    other = world.person('staff');
    room = await world.serviceRoom([flooder, other]);
  });
  afterAll(() => world.stop());

  /** How many were answered when the other's upload was, and when it began. */
  async function whileFlooding(file: TestFile): Promise<{ before: number; after: number }> {
    const heavy = await HEAVY();
    let done = 0;
    const flood = Array.from({ length: FLOOD }, () =>
      mustUpload(world, flooder, room, heavy).then(() => (done += 1)),
    );
    await Promise.race(flood);
    const before = done;
    await mustUpload(world, other, room, file);
    const after = done;
    await Promise.all(flood);
    return { before, after };
  }

  it('delays the animation of another by one of theirs', async () => {
    const { before, after } = await whileFlooding(await HEAVY());
    // The one that was worked on; one more may have been answered while the other's was still on its way in.
    expect(after - before).toBeLessThanOrEqual(2);
    expect(after).toBeLessThan(FLOOD);
  });

  it('does not delay the photo of another', async () => {
    const { before, after } = await whileFlooding(await png(600, 400));
    expect(after - before).toBeLessThanOrEqual(1);
  });
});

describe('recordings that decoders stumble over', () => {
  it('hold nobody up', async () => {
    const world = await World.start({ CHAT_VOICE_NOTE_LIMIT: '1000' }, ONE_NODE);
    try {
      const customer = world.person('customer');
      const room = await world.serviceRoom([customer]);
      const voice = await recording('voice.opus.ogg', 'audio/ogg');
      const damaged = { ...voice, bytes: Buffer.from(voice.bytes) };
      // By which the reader of pages runs out of them.
      for (const [at, value] of DAMAGE) damaged.bytes[at] = value;
      await mustUpload(world, customer, room, voice);
      const started = performance.now();
      const uploads = Array.from({ length: 8 }, () => mustUpload(world, customer, room, damaged));
      for (const { waveform, duration } of await Promise.all(uploads))
        expect([waveform, duration]).toEqual([null, null]);
      // Each held a decoder until its time was up: a minute for eight of them.
      expect(performance.now() - started).toBeLessThan(20_000);
    } finally {
      await world.stop();
    }
  });
});
