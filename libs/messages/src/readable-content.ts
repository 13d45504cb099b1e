import { coordinatesText, isJsonOf, namesCoordinates, storedCoordinates } from './coordinates.js';
import type { MessageView } from './message-view.js';

const NAMES: Partial<Record<MessageView['type'], string>> = { voice: 'Voice message', video: 'Video' };

type Content = Pick<MessageView, 'type' | 'content' | 'metadata' | 'deletedAt'>;

/** The text of a message as people read it: coordinates that were sent as JSON are plain ones. */
export function wordsOf({ type, content, metadata }: Content): string {
  const at = type === 'location' ? storedCoordinates(metadata) : undefined;
  return at && isJsonOf(content, at) ? coordinatesText(at) : content;
}

/**
 * The content as text that says it all, for dialects that lack the message's type: a location names its coordinates if
 * it has some, a recording without words says what it is. A deleted message has none.
 */
export function readableContent(message: Content): string {
  const { type, content, metadata, deletedAt } = message;
  if (deletedAt !== null) return '';
  if (type === 'location') {
    const [words, at] = [wordsOf(message), storedCoordinates(metadata)];
    return !at || namesCoordinates(words, at) ? words : `${words} (${coordinatesText(at)})`;
  }
  return content.trim() === '' ? (NAMES[type] ?? content) : content;
}
