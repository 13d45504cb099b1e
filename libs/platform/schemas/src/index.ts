export {
  answerOf,
  modelsOf,
  schemaNameOf,
  schemaOf,
  type Alternatives,
  type DataType,
  type SchemaPart,
} from './answers.js';
export { Failure } from './failure.js';
export * from './schema.decorators.js';
