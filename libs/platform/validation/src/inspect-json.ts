import { commonErrors } from '#libs/platform/errors';
import { DEFAULT_BOUNDS, type PayloadBounds } from './inspect-payload.js';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The bounds of `inspectPayload` before a text is parsed: nesting, and the number of values as far as commas tell.
 * Whether it is JSON at all is the parser's to say. Cost: one walk over the bytes, which stops at the first fault.
 * @param json UTF-8
 * @throws VALIDATION_ERROR
 */
export function inspectJson(json: Uint8Array, bounds: PayloadBounds = DEFAULT_BOUNDS): void {
  const fail = (message: string): never => {
    throw commonErrors.validation([{ field: '(payload)', message }]);
  };
  let [depth, values, inText] = [0, 1, false];
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > bounds.maxDepth) fail(`must not be nested deeper than ${bounds.maxDepth} levels`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    else if (byte === COMMA) {
      values += 1;
      if (values > bounds.maxNodes) fail(`must not hold more than ${bounds.maxNodes} values`);
    }
  }
}
