/**
 * Which dialect an event of the shared namespace `/` is for, where several know its name. The first line that fits
 * decides: an event never reaches two dialects (host contract, "five dialects of one chat").
 */
interface Rule {
  dialect: string;
  fits(event: string, payload: Record<string, unknown> | undefined): boolean;
}

const has = (payload: Record<string, unknown> | undefined, key: string): boolean =>
  payload !== undefined && Object.hasOwn(payload, key);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
/** The chat joined last, or the named one. */
const isAboutChat = (payload: Record<string, unknown> | undefined): boolean =>
  payload === undefined || has(payload, 'session_id');

export const DISPATCH_TABLE: readonly Rule[] = [
  { dialect: 'marketplace', fits: (event) => event.startsWith('chat-') },
  { dialect: 'service', fits: (_event, payload) => has(payload, 'room_id') },
  { dialect: 'booking', fits: (_event, payload) => has(payload, 'session_id') && isObject(payload?.message) },
  { dialect: 'support', fits: (_event, payload) => has(payload, 'session_id') },
  { dialect: 'workspace', fits: (_event, payload) => has(payload, 'roomId') },
  { dialect: 'booking', fits: (event, payload) => event.startsWith('typing_') && isAboutChat(payload) },
];

/** Payloads that fit no line are told so in the canonical dialect. */
export const DEFAULT_DIALECT = 'service';

/** @param candidates dialects that know the event (all of the namespace for an unknown one) */
export function dialectFor(event: string, payload: unknown, candidates: readonly string[]): string {
  const object =
    isObject(payload) && !Array.isArray(payload) ? (payload as Record<string, unknown>) : undefined;
  const rule = DISPATCH_TABLE.find((line) => candidates.includes(line.dialect) && line.fits(event, object));
  if (rule) return rule.dialect;
  return candidates.includes(DEFAULT_DIALECT) ? DEFAULT_DIALECT : (candidates[0] as string);
}
