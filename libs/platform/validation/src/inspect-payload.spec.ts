import { inspectPayload } from './inspect-payload.js';
import { codePointLength, parseUuid } from './text.js';

const refused = (field: string) =>
  expect.objectContaining({ code: 'VALIDATION_ERROR', details: [expect.objectContaining({ field })] });

function nested(depth: number): unknown {
  let value: unknown = 'end';
  for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

describe('inspectPayload', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['text', 'text'],
    ['emoji', { message: 'a 😀 b' }],
    ['numbers and flags', { n: 1, f: true, z: null }],
    ['8 levels', nested(8)],
    ['a key named constructor', { constructor: 1, prototype: 2 }],
  ])('lets %s through', (_name, payload) => expect(() => inspectPayload(payload)).not.toThrow());

  it.each<[string, unknown, string]>([
    ['NUL', { a: { b: 'x\u0000' } }, 'a.b'],
    ['NUL in a list', { a: ['x', 'y\u0000'] }, 'a[1]'],
    ['a lone high surrogate', { a: '\ud83d' }, 'a'],
    ['a lone low surrogate', ['\ude00'], '[0]'],
    ['NUL in a key', { a: { 'b\u0000': 1 } }, 'a'],
    ['a __proto__ key', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), 'a'],
    ['a buffer', { a: Buffer.from('x') }, 'a'],
    ['an ArrayBuffer', { a: new ArrayBuffer(1) }, 'a'],
    ['typed numbers', { a: new Float64Array(1) }, 'a'],
    ['2,001 values', { a: new Array(2_000).fill(0) }, '(payload)'],
  ])('refuses %s, naming where', (_name, payload, field) =>
    expect(() => inspectPayload(payload)).toThrow(refused(field)),
  );

  it('refuses 9 levels, and 100,000 without running out of stack', () => {
    expect(() => inspectPayload(nested(9))).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
    expect(() => inspectPayload(nested(100_000))).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR' }),
    );
  });
});

describe('fields', () => {
  it('counts characters as people do', () => {
    expect(codePointLength('abc')).toBe(3);
    expect(codePointLength('😀😀')).toBe(2);
    expect(codePointLength('')).toBe(0);
  });

  it('reads UUIDs with and without prefix, and nothing else', () => {
    const id = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';
    expect(parseUuid(id.toUpperCase())).toBe(id);
    expect(parseUuid(`msg_${id}`, 'msg_')).toBe(id);
    for (const wrong of [`${id}x`, `room_${id}`, '', 'msg_', 7, null, {}, [id], `${id}\n`])
      expect(parseUuid(wrong, 'msg_')).toBeUndefined();
  });
});
