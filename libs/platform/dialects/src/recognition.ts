import { isObject } from '#libs/platform/validation';

type Payload = Record<string, unknown> | undefined;

/** One way in which a dialect knows an event of a shared namespace for its own. */
export interface Recognition {
  /** Place in the one order of all dialects: the lowest that fits decides. No two have the same. */
  order: number;
  /** @param payload undefined where the event carries none, or something that is no object */
  fits(event: string, payload: Payload): boolean;
}

export interface DispatchLine extends Recognition {
  dialect: string;
}

/** Payloads that fit nobody's line are told so in the canonical dialect. */
export const DEFAULT_DIALECT = 'service';

const lines: DispatchLine[] = [];

/**
 * Which dialect an event of a shared namespace is for, where several know its name; in order, out of all declarations.
 * The first line that fits decides: an event never reaches two dialects (host contract, "five dialects of one chat").
 */
export const DISPATCH_TABLE: readonly DispatchLine[] = lines;

/** @throws where a place in the order is taken: which of the two decides would be chance */
export function addRecognition(dialect: string, recognises: readonly Recognition[]): void {
  for (const { order, fits } of recognises) {
    const other = lines.find((line) => line.order === order);
    if (other)
      throw new Error(`${dialect} and ${other.dialect} recognise events at the same place, ${order}`);
    lines.push({ dialect, order, fits });
  }
  lines.sort((a, b) => a.order - b.order);
}

/** For declarations: whether a payload has this key of its own, whatever it holds. */
export const has = (payload: Payload, key: string): boolean =>
  payload !== undefined && Object.hasOwn(payload, key);

/** @param candidates dialects that know the event (all of the namespace for an unknown one) */
export function dialectFor(event: string, payload: unknown, candidates: readonly string[]): string {
  const object = isObject(payload) ? payload : undefined;
  const line = lines.find(({ dialect, fits }) => candidates.includes(dialect) && fits(event, object));
  if (line) return line.dialect;
  return candidates.includes(DEFAULT_DIALECT) ? DEFAULT_DIALECT : (candidates[0] as string);
}
