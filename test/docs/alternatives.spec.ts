import { canBeTold } from './alternatives.js';
import type { Schema } from './openapi-document.js';

const document = {
  components: {
    schemas: {
      Refused: { properties: { success: { const: false }, code: {} }, required: ['success', 'code'] },
      Done: { properties: { success: { enum: [true] } } },
    },
  },
};
const done = { $ref: '#/components/schemas/Done' };
const maybe = { properties: { success: {} } };
const list = { properties: { success: {}, entries: {} }, required: ['entries'] };

describe('canBeTold', () => {
  it.each<[string, boolean, Schema]>([
    ['by values of a field', true, { oneOf: [done, { $ref: '#/components/schemas/Refused' }] }],
    ['by a field that only one has', true, { anyOf: [maybe, list] }],
    ['by a discriminator', true, { oneOf: [maybe, maybe], discriminator: { propertyName: 'success' } }],
    ['beside null and text', true, { oneOf: [maybe, { type: 'null' }, { type: 'string' }] }],
    ['of objects with the same fields', false, { oneOf: [maybe, maybe] }],
    ['of an object with any values', false, { anyOf: [done, maybe] }],
  ])('judges alternatives %s: %s', (_, told, schema) => {
    expect(canBeTold(document, schema)).toBe(told);
  });
});
