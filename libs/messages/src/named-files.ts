import { isObject, parseUuid } from '#libs/platform/validation';
import type { OutgoingFile } from './message-content.js';
import type { AttachmentView } from './message-view.js';

const PREFIX = 'file_';

/**
 * Files that free-form data names: entries with the `file_id` of an upload, in a list, in an object such as
 * `{files: […]}`, or the object itself. They become the message's where the sender uploaded them for its room; whatever
 * else stands there stays data.
 */
export function namedFiles(data: unknown): OutgoingFile[] {
  const ids = entriesOf(data).flatMap((entry) => {
    const id = isObject(entry) ? parseUuid(entry.file_id, PREFIX) : undefined;
    return id === undefined ? [] : [id];
  });
  return [...new Set(ids)].map((file_id) => ({ file_id, optional: true }));
}

/** Whether the data tells all that there is to show of a message's files, so that it may be shown as it was sent. */
export function namesAll(data: unknown, files: readonly AttachmentView[]): boolean {
  const named = new Set(namedFiles(data).map(({ file_id }) => file_id));
  return files.every(({ id }) => named.has(id));
}

function entriesOf(data: unknown): unknown[] {
  if (Array.isArray(data)) return data;
  return isObject(data) ? [data, ...Object.values(data).flat()] : [];
}
