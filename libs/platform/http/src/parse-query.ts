import { parse } from 'node:querystring';

/** The query of a request, in which `room_ids[]=a` means `room_ids=a`; for Express' setting `query parser`. */
export const parseQuery = (text: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parse(text)).map(([name, value]) => [name.replace(/\[\]$/, ''), value]));
