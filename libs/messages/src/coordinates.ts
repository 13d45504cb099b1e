import { messageErrors } from './messages.errors.js';

export interface Coordinates {
  latitude: number;
  longitude: number;
}

type Fields = Record<string, unknown>;

const NUMBER = /^\s*[+-]?\d+(?:\.\d+)?\s*$/;
const PAIR = /^\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*$/;
const NAMES = new Set(['latitude', 'lat', 'longitude', 'lng', 'lon']);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOnEarth = ({ latitude, longitude }: Coordinates): boolean =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

function pairOf(source: unknown): Coordinates | undefined {
  if (!isFields(source)) return undefined;
  const latitude = toNumber(source.latitude ?? source.lat);
  const longitude = toNumber(source.longitude ?? source.lng ?? source.lon);
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

function pairIn(text: string): Coordinates | undefined {
  const [, latitude, longitude] = PAIR.exec(text) ?? [];
  return latitude === undefined ? undefined : pairOf({ latitude, longitude });
}

function fieldsIn(text: string): Fields | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isSame = (one: Coordinates | undefined, { latitude, longitude }: Coordinates): boolean =>
  one?.latitude === latitude && one.longitude === longitude;

/** What may say where a location is. */
interface Place {
  location?: unknown;
  metadata?: Fields | null | undefined;
  message: string;
}

/**
 * The first coordinates that there can be, as numbers or numeric texts: in `location`, in the metadata, in `location` or
 * `coordinates` of it, or as the text itself ("52.52, 13.405" or JSON).
 * @throws VALIDATION_ERROR where all that are given lie beyond the poles or the date line
 */
export function coordinatesOf({ location, metadata, message }: Place): Coordinates | undefined {
  const sources = [metadata, fieldsIn(message)].flatMap((it) => [it, it?.location, it?.coordinates]);
  const given = [...[location, ...sources].map(pairOf), pairIn(message)].filter((pair) => pair !== undefined);
  const found = given.find(isOnEarth);
  if (!found && given.length > 0) throw messageErrors.noCoordinates();
  return found;
}

/** Those that a stored location carries. */
export function storedCoordinates({ latitude, longitude }: Fields): Coordinates | undefined {
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : undefined;
}

export const coordinatesText = ({ latitude, longitude }: Coordinates): string => `${latitude}, ${longitude}`;

/** Whether a text names these coordinates in a way that people read. */
export const namesCoordinates = (text: string, at: Coordinates): boolean =>
  text.includes(coordinatesText(at)) || isSame(pairIn(text), at);

/** Whether a text is JSON of these coordinates and nothing else. */
export function isJsonOf(text: string, at: Coordinates): boolean {
  const fields = fieldsIn(text);
  return (
    fields !== undefined && isSame(pairOf(fields), at) && Object.keys(fields).every((key) => NAMES.has(key))
  );
}
