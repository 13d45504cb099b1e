import { request } from 'node:http';
import { ONE_NODE, World, type Person } from '../support/world.js';
import type { Document, Operation } from './openapi-document.js';

/** Bodies that no route wants, and how those that read bodies refuse them. */
const REFUSED: { name: string; status: number; headers: Record<string, string>; body: string }[] = [
  { name: 'malformed JSON', status: 400, headers: { 'content-type': 'application/json' }, body: '{"a":' },
  {
    name: 'too much',
    status: 413,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify('x'.repeat(300_000)),
  },
  { name: 'another type', status: 415, headers: { 'content-type': 'application/xml' }, body: '<a/>' },
  {
    name: 'an unknown encoding',
    status: 415,
    headers: { 'content-type': 'application/json', 'content-encoding': 'odd' },
    body: '{}',
  },
];
const NOWHERE = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';

interface Call {
  method: string;
  path: string;
  operation: Operation;
}

describe('the OpenAPI document, of bodies that are refused', () => {
  let world: World;
  let calls: Call[];
  let people: Person[];
  beforeAll(async () => {
    world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '100000', CHAT_UPLOAD_LIMIT: '10000' }, ONE_NODE);
    const document = (await (await fetch(`${world.url}/openapi.json`)).json()) as Document;
    calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([verb, operation]) => ({ method: verb.toUpperCase(), path, operation })),
    );
    people = [world.person('admin'), world.person('customer'), world.host()];
  });
  afterAll(() => world.stop());

  /** By Node itself, since `fetch` sends no body with GET. */
  const statusOf = (call: Call, token: string, headers: Record<string, string>, body: string) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(world.url + call.path.replace(/\{\w+\}/g, NOWHERE), {
        method: call.method,
        agent: false,
        headers: { ...headers, authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) },
      });
      sent.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject);
      sent.end(body);
    });

  /** As somebody who may call it: whoever may not is told only that. */
  async function answered(call: Call, { headers, body }: (typeof REFUSED)[number]): Promise<number> {
    let status = 0;
    for (const { token } of people) {
      status = await statusOf(call, token, headers, body);
      if (status !== 403) return status;
    }
    return status;
  }

  it.each(REFUSED)('$name: each operation answers as it says, and says what it answers', async (refused) => {
    const faults: string[] = [];
    for (const call of calls) {
      const { method, path, operation } = call;
      const status = await answered(call, refused);
      if (!(status in operation.responses)) faults.push(`${method} ${path}: ${status} is not documented`);
      const takesJson = 'application/json' in (operation.requestBody?.content ?? {});
      if (takesJson && status !== refused.status) faults.push(`${method} ${path}: takes it (${status})`);
      if (!takesJson && status === refused.status && status > 400 && !operation.requestBody)
        faults.push(`${method} ${path}: reads a body that it has no use for (${status})`);
    }
    expect(faults).toEqual([]);
  });

  it('names 413 and 415 nowhere but where a body is taken', () => {
    const without = calls.filter(({ operation }) => !operation.requestBody);
    expect(without.length).toBeGreaterThan(20);
    for (const { method, path, operation } of without)
      expect([method, path, Object.keys(operation.responses)]).toEqual([
        method,
        path,
        expect.not.arrayContaining(['413', '415']),
      ]);
  });
});
