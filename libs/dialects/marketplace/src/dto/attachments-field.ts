import { ApiProperty } from '@nestjs/swagger';
import { Field, fitsMetadata, type FieldOptions, type Kind } from '#libs/platform/validation';

/** What this contract's clients say of the files of a message: JSON of their own form. */
export type FreeAttachments = unknown[] | Record<string, unknown>;

const listOrObject = {
  oneOf: [
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
  ],
};

const attachmentsKind: Kind = {
  schema: listOrObject,
  // How many is the service's rule, and has its own code.
  rules: [
    {
      name: 'isListOrObject',
      holds: (value) => typeof value === 'object' && value !== null,
      message: 'must be a list or an object',
    },
    {
      name: 'maxBytes',
      // They are stored in the metadata, under this name.
      holds: (value) => fitsMetadata({ attachments: value }),
      message: 'must not exceed 8 kB as JSON',
    },
  ],
};

/** May be left out or null. */
export const Attachments = (options: FieldOptions = {}) =>
  Field(attachmentsKind, { optional: true, nullable: true, ...options });

/** In answers and events; null where there are none. */
export const ApiAttachments = () => ApiProperty({ ...listOrObject, nullable: true });
