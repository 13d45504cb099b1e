import type { HeardAnswer } from '../../support/heard.js';
import type { Document } from '../openapi-document.js';
import type { EventDocument } from '../records.js';
import { AnswerJudge } from './answers.js';
import { EventJudge } from './events.js';
import { readDocument } from './validators.js';

const failed = { success: false, error: 'There is no such room.', code: 'ROOM_NOT_FOUND', details: [] };
const refTo = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answerOf = (data: object) => ({
  type: 'object',
  required: ['success', 'data'],
  properties: { success: { const: true }, data },
});
const schemas = {
  Room: {
    type: 'object',
    required: ['id', 'created_at'],
    properties: { id: { type: 'string' }, created_at: { type: 'string', format: 'date-time' } },
  },
  Failure: { type: 'object', required: ['error', 'code'], properties: { success: { const: false } } },
};
const json = (schema: object, example?: object) => ({
  description: '',
  content: { 'application/json': { schema, example } },
});
const openapi = readDocument<Document>(
  JSON.stringify({
    paths: {
      '/rooms/{id}': {
        get: { responses: { 200: json(answerOf(refTo('Room'))), 404: json(refTo('Failure'), failed) } },
      },
      '/rooms/mine': { get: { responses: { 200: json(answerOf({ type: 'array' })) } } },
    },
    components: { schemas },
  }),
);
const asyncapi = readDocument<EventDocument>(
  JSON.stringify({
    channels: {
      a: { address: '/', messages: { 'a.client.join': {}, 'a.ack.join': {}, 'a.server.told': {} } },
      b: { address: '/', messages: { 'b.server.told': {} } },
    },
    components: {
      schemas,
      messages: {
        'a.client.join': { 'x-errors': ['ROOM_NOT_FOUND'] },
        'a.ack.join': { payload: { oneOf: [answerOf(refTo('Room')), refTo('Failure')] } },
        'a.server.told': { payload: refTo('Room') },
        'b.server.told': { payload: { type: 'object', required: ['text'] } },
      },
    },
  }),
);
const room = { id: 'service_1', created_at: '2024-01-15T14:30:00.000Z' };

describe('AnswerJudge', () => {
  const headers = new Headers({ 'content-type': 'application/json; charset=utf-8' });
  const faultsOf = (path: string, status: number, body: unknown, method = 'GET'): string[] =>
    new AnswerJudge(openapi).faultsOf({ method, path, status, headers, body } satisfies HeardAnswer);

  it('has nothing to say of what is documented, and of fields besides', () => {
    const more = { ...room, colour: 'red' };
    expect(faultsOf('/rooms/service_1?page=2', 200, { success: true, data: more })).toEqual([]);
    expect(faultsOf('/rooms/mine', 200, { success: true, data: [] })).toEqual([]);
    expect(faultsOf('/rooms/nowhere', 404, failed)).toEqual([]);
    expect(faultsOf('/nothing', 404, failed)).toEqual([]);
  });

  it.each<[string, number, unknown, RegExp]>([
    ['a field that is missing', 200, { success: true, data: { id: '1' } }, /data must have .*created_at/],
    ['a type', 200, { success: true, data: { ...room, id: 1 } }, /data\.id must be string/],
    [
      'a format',
      200,
      { success: true, data: { ...room, created_at: 'now' } },
      /data\.created_at .*date-time/,
    ],
    ['a status', 409, failed, /409: the status is not documented \(ROOM_NOT_FOUND\)/],
    ['a code', 404, { ...failed, code: 'GONE' }, /the code GONE is not documented/],
    ['a message', 200, { success: true, data: room, message: 'Done' }, /a message beside data/],
  ])('tells of %s, and where', (_, status, body, fault) => {
    const faults = faultsOf('/rooms/1', status, body);
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults[0]).toMatch(/^get \/rooms\/\{id\} /);
  });
});

describe('EventJudge', () => {
  const faultsOf = (kind: 'server' | 'ack', event: string, payload?: unknown): string[] =>
    new EventJudge(asyncapi).faultsOf({ namespace: '/', kind, event, payload });

  it('has nothing to say of what one of the contracts documents', () => {
    expect(faultsOf('server', 'told', room)).toEqual([]);
    expect(faultsOf('server', 'told', { text: 'Hello' })).toEqual([]);
    expect(faultsOf('ack', 'join', { success: true, data: room })).toEqual([]);
    expect(faultsOf('ack', 'join', failed)).toEqual([]);
    expect(faultsOf('ack', 'unknown', { ...failed, code: 'NOT_FOUND' })).toEqual([]);
    expect(faultsOf('server', 'disconnect', { reason: 'transport close' })).toEqual([]);
  });

  it('tells what each contract finds wrong', () => {
    expect(faultsOf('server', 'told', { id: '1' })).toEqual([
      expect.stringMatching(/^\/ server told: by a\.server\.told, it must have .*created_at/),
      expect.stringMatching(/^\/ server told: by b\.server\.told, it must have .*text/),
    ]);
  });

  it.each<[string, 'server' | 'ack', string, unknown, RegExp]>([
    ['an event', 'server', 'secret', {}, /secret: it is not documented/],
    ['a code', 'ack', 'join', { ...failed, code: 'GONE' }, /the code GONE is not documented/],
    ['an answer to an unknown event', 'ack', 'unknown', { success: true }, /must have .*error/],
  ])('tells of %s', (_, kind, event, payload, fault) => {
    expect(faultsOf(kind, event, payload)[0]).toMatch(fault);
  });
});
