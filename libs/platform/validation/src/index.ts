export { ChangesSomething, Holds, OtherwiseEmpty } from './class-rules.js';
export { compiledDto, isDto } from './compiled-dto.js';
export { CompiledValidationPipe } from './compiled-validation.pipe.js';
export * from './fields.decorators.js';
export { inspectJson } from './inspect-json.js';
export { DEFAULT_BOUNDS, inspectPayload, type PayloadBounds } from './inspect-payload.js';
export * from './kinds.js';
export { codePointLength, parseUuid } from './text.js';
export { toDto, untrustedToDto } from './to-dto.js';
