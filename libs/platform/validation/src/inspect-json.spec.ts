import fc from 'fast-check';
import { inspectJson } from './inspect-json.js';
import { inspectPayload } from './inspect-payload.js';

const refuses = (text: string, bounds = { maxDepth: 3, maxNodes: 5 }): string | undefined => {
  try {
    inspectJson(Buffer.from(text), bounds);
    return undefined;
  } catch (error) {
    return (error as { details: { message: string }[] }).details[0]?.message;
  }
};

describe('inspectJson', () => {
  it.each([
    '',
    '1',
    'null',
    '"[[[[[["',
    '{"a":[{"b":1}]}',
    '[1,2,3,4,5]',
    '{"\\"[[[[":"\\\\"}',
    '[[],[],[]]',
  ])('lets %s pass', (text) => expect(refuses(text)).toBeUndefined());

  it.each(['[[[[', '{"a":{"b":{"c":{}}}}', '[[[[1]]]]', '{"\\\\":[[[1]]]}', ']]]][[[['.slice(4)])(
    '%s is nested too deep, whether it is JSON or not',
    (text) => expect(refuses(text)).toContain('deeper than 3 levels'),
  );

  it('tells that there are too many values', () =>
    expect(refuses('[1,2,3,4,5,6]')).toContain('more than 5 values'));

  it('is never stricter than what looks at the parsed payload', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 12 }), (text) => {
        const bounds = { maxDepth: 4, maxNodes: 12 };
        const passes = (inspect: () => void): boolean => {
          try {
            inspect();
            return true;
          } catch {
            return false;
          }
        };
        if (passes(() => inspectPayload(JSON.parse(text), bounds)))
          expect(passes(() => inspectJson(Buffer.from(text), bounds))).toBe(true);
      }),
    );
  });

  it('reads through a text of which every byte matters, and no further than its fault', () => {
    expect(refuses('['.repeat(1_000_000))).toContain('deeper');
    expect(refuses(`"${'\\"'.repeat(100_000)}"`)).toBeUndefined();
  });
});
