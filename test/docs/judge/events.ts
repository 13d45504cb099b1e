import type { HeardEvent } from '../../support/heard.js';
import type { EventDocument, EventMessage } from '../records.js';
import { Validators } from './validators.js';

interface Named {
  id: string;
  message: EventMessage;
}

/** What a client tells itself. */
const OWN = new Set(['connect', 'disconnect', 'connect_error']);
/** Of each contract that has a form of its own, and the common one. */
const FAILURE = /Failure$/;

/**
 * Holds events and acknowledgements against the AsyncAPI document. Contracts that share a namespace have events of the
 * same name: one of them must fit.
 */
export class EventJudge {
  private readonly validators: Validators;
  /** By namespace, kind and event. */
  private readonly known = new Map<string, Named[]>();

  /** @param document as `readDocument` gives it */
  constructor(private readonly document: EventDocument) {
    this.validators = new Validators(document);
    for (const { address, messages } of Object.values(document.channels))
      for (const id of Object.keys(messages)) {
        const message = document.components.messages[id];
        if (!message) throw new Error(`The document has no message ${id}`);
        const [, kind, ...event] = id.split('.');
        const key = `${address} ${kind} ${event.join('.')}`;
        this.known.set(key, [...(this.known.get(key) ?? []), { id, message }]);
      }
  }

  faultsOf({ namespace, kind, event, payload }: HeardEvent): string[] {
    if (kind === 'server' && OWN.has(event)) return [];
    const about = (fault: string): string => `${namespace} ${kind} ${event}: ${fault}`;
    const candidates = this.known.get(`${namespace} ${kind} ${event}`) ?? [];
    if (candidates.length === 0)
      return kind === 'ack' ? this.unknownFaults(payload).map(about) : [about('it is not documented')];
    const faults = candidates.map(({ id, message }) => ({ id, found: this.faultsBy(message, payload) }));
    if (faults.every(({ found }) => found.length > 0))
      return faults.flatMap(({ id, found }) => found.map((fault) => about(`by ${id}, ${fault}`)));
    const code = kind === 'ack' ? codeOf(payload) : undefined;
    if (code === undefined) return [];
    const codes = (this.known.get(`${namespace} client ${event}`) ?? []).flatMap(
      ({ message }) => message['x-errors'] ?? [],
    );
    return codes.includes(code) ? [] : [about(`the code ${code} is not documented`)];
  }

  private faultsBy({ payload: schema }: EventMessage, payload: unknown): string[] {
    if (schema) return this.validators.faultsOf(schema, payload);
    return payload === undefined ? [] : ['it has a payload'];
  }

  /** An event that nobody has: it can only be refused. */
  private unknownFaults(payload: unknown): string[] {
    const forms = Object.entries(this.document.components.schemas).filter(([name]) => FAILURE.test(name));
    const faults = forms.map(([, schema]) => this.validators.faultsOf(schema, payload));
    if (faults.length === 0) return ['there is no schema of a failure'];
    return faults.some((found) => found.length === 0) ? [] : faults.flat();
  }
}

function codeOf(payload: unknown): string | undefined {
  const { success, code } = (payload ?? {}) as { success?: unknown; code?: unknown };
  return success === false && typeof code === 'string' ? code : undefined;
}
