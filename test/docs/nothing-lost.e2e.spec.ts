import { readFile } from 'node:fs/promises';
import { ONE_NODE, World } from '../support/world.js';
import type { Document } from './openapi-document.js';
import { eventRecords, lostIn, operationRecords, type EventDocument, type Sections } from './records.js';

type Records = Record<string, Sections>;

/** What the documents said once must be in them for good; what is no more is taken out of the fixture by hand. */
describe('nothing that the documents said is lost', () => {
  let world: World;
  let then: { openapi: Records; asyncapi: Records };

  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    const fixture = new URL('fixtures/documents-before.json', import.meta.url);
    then = JSON.parse(await readFile(fixture, 'utf8')) as typeof then;
  });
  afterAll(() => world.stop());

  const documentAt = async (path: string): Promise<unknown> => (await fetch(world.url + path)).json();

  it('of operations: statuses, codes, headers, parameters, fields, values, limits, examples, access', async () => {
    const now = operationRecords((await documentAt('/openapi.json')) as Document);
    expect(lostIn(then.openapi, now)).toEqual([]);
  });

  it('of events: namespaces, payloads, acknowledgements, values, limits, examples, access, errors', async () => {
    const now = eventRecords((await documentAt('/asyncapi.json')) as EventDocument);
    expect(lostIn(then.asyncapi, now)).toEqual([]);
  });
});
