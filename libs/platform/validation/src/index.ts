export { inspectJson } from './inspect-json.js';
export { DEFAULT_BOUNDS, inspectPayload, type PayloadBounds } from './inspect-payload.js';
export { detailsOf, parse } from './parse.js';
export {
  blankToNothing,
  codePointLength,
  hostId,
  isoDate,
  isoDateEnd,
  MAX_PAGE,
  metadataField,
  pageQuery,
  parseUuid,
  queryFlag,
  queryInteger,
  queryList,
  textField,
} from './fields.js';
export { jsonSchemaOf, namedSchemas, type JsonSchema } from './json-schema.js';
