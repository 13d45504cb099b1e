export {
  declaredDialects,
  defineDialect,
  Dialect,
  dialectOfPath,
  type DialectDeclaration,
  type ErrorEvent,
  type Failure,
} from './dialect.js';
export { DialectModule } from './dialect.module.js';
export {
  documentedFailures,
  type DocumentedFailure,
  type DocumentedOperation,
} from './documented-failures.js';
export { dialectFor, DISPATCH_TABLE, has, type Recognition } from './recognition.js';
