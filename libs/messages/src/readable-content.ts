import type { MessageView } from './message-view.js';

const NAMES: Partial<Record<MessageView['type'], string>> = { voice: 'Voice message', video: 'Video' };

/**
 * The content as text that says it all, for dialects that lack the message's type: a location names its coordinates, a
 * recording without words says what it is. A deleted message has none.
 */
export function readableContent(
  message: Pick<MessageView, 'type' | 'content' | 'metadata' | 'deletedAt'>,
): string {
  const { type, content, metadata, deletedAt } = message;
  if (deletedAt !== null) return '';
  if (type === 'location') {
    const coordinates = `${String(metadata.latitude)}, ${String(metadata.longitude)}`;
    return content.includes(coordinates) ? content : `${content} (${coordinates})`;
  }
  return content.trim() === '' ? (NAMES[type] ?? content) : content;
}
