import { hearAnswer } from '../../support/heard.js';
import type { Person, World } from '../../support/world.js';
import type { TestFile } from './files.js';

export interface Uploaded {
  file_id: string;
  filename: string;
  file_size: number;
  file_type: string;
  kind: string;
  url: string;
  thumbnail_url: string | null;
  expires_at: string;
  width: number | null;
  height: number | null;
  duration: number | null;
  waveform: number[] | null;
  placeholder: string | null;
  description: string | null;
  status: 'ready' | 'pending';
}

export interface UploadAnswer<T = Uploaded> {
  status: number;
  headers: Headers;
  body: {
    success: boolean;
    data: T;
    error: string;
    code: string;
    details: Record<string, unknown>[];
    message?: string;
  };
}

export const UPLOAD_PATH = '/api/v1/chat/upload';

export function form(
  files: Record<string, TestFile | TestFile[]>,
  fields: Record<string, string> = {},
): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(files)) {
    for (const file of Array.isArray(value) ? value : [value])
      data.append(field, new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.name);
  }
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

/** As the service document's own client does it. */
export async function send<T = Uploaded>(
  world: World,
  person: Person,
  body: FormData,
): Promise<UploadAnswer<T>> {
  const response = await fetch(world.url + UPLOAD_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}` },
    body,
  });
  const answer = {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as never,
  };
  hearAnswer({ method: 'POST', path: UPLOAD_PATH, ...answer });
  return answer;
}

export const upload = (
  world: World,
  person: Person,
  room: string,
  file: TestFile,
  fields: Record<string, string> = {},
): Promise<UploadAnswer> => send(world, person, form({ file }, { room_id: room, ...fields }));

/** As `upload`, but a refusal throws. */
export async function mustUpload(
  world: World,
  person: Person,
  room: string,
  file: TestFile,
  fields: Record<string, string> = {},
): Promise<Uploaded> {
  const { status, body } = await upload(world, person, room, file, fields);
  if (status !== 201) throw new Error(`The upload was refused: ${status} ${JSON.stringify(body)}`);
  return body.data;
}

/** A file's URL on the test's own server. */
export const here = (world: World, url: string): string => {
  const { pathname, search } = new URL(url, world.url);
  return world.url + pathname + search;
};

export async function download(world: World, url: string, headers: Record<string, string> = {}) {
  const response = await fetch(here(world, url), { headers });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}
