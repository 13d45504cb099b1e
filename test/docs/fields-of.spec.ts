import { fieldsOf, namesIn } from './fields-of.js';
import type { Schema, WithSchemas } from './openapi-document.js';

const person = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', maxLength: 8 }, role: { enum: ['staff', 'admin'] } },
};
const document: WithSchemas = {
  components: {
    schemas: {
      Person: person,
      Colour: { enum: ['red'] },
      Folder: { properties: { inside: { $ref: '#/components/schemas/Folder' } } },
    },
  },
};
const named = { $ref: '#/components/schemas/Person' };
const objectWith = (owner: Schema): Schema => ({ properties: { owner }, required: ['owner'] });

describe('fieldsOf', () => {
  it.each([
    ['a name', named],
    ['a name that may be null', { anyOf: [named, { type: 'null' }] }],
    ['a name with a description', { allOf: [named], description: 'Whose it is' }],
  ])('finds the same fields behind %s as in line', (_, owner) => {
    expect(fieldsOf(document, objectWith(owner))).toEqual(fieldsOf(document, objectWith(person)));
  });

  it('tells what is required, which values there are, and the limits', () => {
    const fields = fieldsOf(document, { type: 'array', items: named });
    expect(Object.fromEntries(fields)).toMatchObject({
      '[].id': { required: true, limits: new Set(['maxLength=8']) },
      '[].role': { required: false, values: new Set(['staff', 'admin']) },
    });
  });

  it('requires of alternatives what each of them requires', () => {
    const other = { properties: { id: {}, colour: { $ref: '#/components/schemas/Colour' } } };
    const fields = fieldsOf(document, { oneOf: [named, other] });
    expect([...fields.keys()].sort()).toEqual(['', 'colour', 'id', 'role']);
    expect(fields.get('id')?.required).toBe(false);
    expect(fields.get('colour')?.values).toEqual(new Set(['red']));
  });

  it('joins parts that hold at once, and ends where a name holds itself', () => {
    const both = { allOf: [named, { required: ['role'], properties: { role: { default: 'staff' } } }] };
    expect(fieldsOf(document, both).get('role')).toEqual({
      required: true,
      values: new Set(['staff', 'admin']),
      limits: new Set(['default=staff']),
    });
    expect([...fieldsOf(document, { $ref: '#/components/schemas/Folder' }).keys()]).toEqual(['', 'inside']);
  });

  it('names what a value has in the same way', () => {
    expect(namesIn({ list: [{ a: 1 }, { b: null }] })).toEqual(['list', 'list[].a', 'list[].b']);
  });
});
