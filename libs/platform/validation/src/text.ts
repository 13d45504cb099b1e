/** Number of characters as people count them: code points, not UTF-16 units. */
export function codePointLength(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) index += 1;
    length += 1;
  }
  return length;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Lower-case UUID of an id with or without a type prefix such as `msg_`; undefined when it is malformed. */
export function parseUuid(value: unknown, prefix = ''): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = prefix && value.startsWith(prefix) ? value.slice(prefix.length) : value;
  return UUID.test(bare) ? bare.toLowerCase() : undefined;
}
