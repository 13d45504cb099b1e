import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ServerProcess } from './processes.js';
import { userToken } from './setup.js';

const BOUNDARY = 'switchboard-bench';

export interface UploadFile {
  name: string;
  type: string;
  bytes: Buffer;
}

/**
 * Sends a form that was made beforehand: what a client does to make one would take the two cores from the server whose
 * latency is measured.
 */
export async function upload(server: ServerProcess, user: number, form: Buffer): Promise<void> {
  const call = request(`${server.url}/api/v1/chat/upload`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${userToken(String(user))}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': form.length,
    },
  });
  call.end(form);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const answer = await text(response);
  if (response.statusCode !== 201) throw new Error(`The upload failed: ${response.statusCode} ${answer}`);
}

export function formOf(room: string, { name, type, bytes }: UploadFile): Buffer {
  const part = (head: string): string => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n`;
  return Buffer.concat([
    Buffer.from(`${part('name="room_id"')}\r\n${room}\r\n`),
    Buffer.from(`${part(`name="file"; filename="${name}"`)}Content-Type: ${type}\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}
