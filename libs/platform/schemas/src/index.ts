export {
  answerOf,
  modelsOf,
  schemaNameOf,
  schemaOf,
  type Alternatives,
  type DataType,
  type JsonSchema,
} from './answers.js';
export { Failure } from './failure.js';
export * from './schema.decorators.js';
