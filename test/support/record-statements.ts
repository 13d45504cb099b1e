import { appendFileSync } from 'node:fs';
import pg from 'pg';

const TEXT = /^\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b/;
const seen = new Set<string>();

/** Notes each statement that servers send, once in each spec file, as a line of JSON. */
export function recordStatements(file: string): void {
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: { connectionName?: string }, ...args: unknown[]): unknown {
    const [first] = args as [string | { text?: string } | undefined];
    const text = typeof first === 'string' ? first : first?.text;
    if (this.connectionName !== undefined && text !== undefined && TEXT.test(text)) note(file, text);
    return query.apply(this, args);
  };
}

function note(file: string, text: string): void {
  const line = JSON.stringify(text.replace(/\s+/g, ' ').trim());
  if (seen.has(line)) return;
  seen.add(line);
  appendFileSync(file, `${line}\n`);
}
