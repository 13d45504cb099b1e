import { loadConfig } from '#libs/platform/config';
import { CliError, readOptions, runCommand, UsageError } from './command-line.js';
import { PEOPLE, playConversation, type Cast } from './demo/conversation.js';
import { Printer } from './demo/printer.js';
import { Side } from './demo/side.js';
import { tokenSigner } from './token-signer.js';

const USAGE = `Usage: npm run demo [-- --url http://localhost:3000]

Plays a short conversation between a host platform, a customer and a member of staff against a running server,
and prints what each of them sees.
  --url   where the server is (http://localhost:PORT unless told)`;

const WHOLE_MS = 45_000;
const FIRST_ANSWER_MS = 5_000;

function readUrl(port: number): string | undefined {
  const { url, help } = readOptions({
    url: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (help) return undefined;
  const text = url ?? `http://localhost:${port || 3000}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError('--url: an address such as http://localhost:3000.');
  }
  return new URL(text).origin;
}

/** @throws CliError saying what is missing: a server at all, or one that is ready. */
async function requireServer(url: string): Promise<void> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(FIRST_ANSWER_MS) }).catch(
    () => undefined,
  );
  if (!answer) {
    throw new CliError(
      `No server answers at ${url}. Start one in another terminal (npm start), or name its address: npm run demo -- --url http://localhost:4000`,
    );
  }
  if (!answer.ok)
    throw new CliError(`The server at ${url} is not ready (${answer.status} at /health/ready).`);
}

/** @throws CliError when the server was started with another secret. */
async function requireSameSecret(host: Side, url: string): Promise<void> {
  await host.rest('GET', '/api/v1/chat/unread').catch((error: unknown) => {
    if (!(error instanceof CliError) || !error.message.includes('UNAUTHORIZED')) throw error;
    throw new CliError(
      `The server at ${url} does not accept tokens made here: run this with the JWT_SECRET or DATA_DIR that the server runs with.`,
    );
  });
}

await runCommand(USAGE, async () => {
  const config = loadConfig();
  const url = readUrl(config.http.port);
  if (url === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await requireServer(url);
  const signer = await tokenSigner(config);
  const printer = new Printer();
  const side = (name: keyof Cast, claims: { sub: string; role: string; name?: string }): Side =>
    new Side(name, { url, printer, token: signer.sign(claims) });
  const cast: Cast = {
    host: side('host', { sub: 'host', role: 'service' }),
    customer: side('customer', { ...PEOPLE.customer, sub: String(PEOPLE.customer.id) }),
    staff: side('staff', { ...PEOPLE.staff, sub: String(PEOPLE.staff.id) }),
  };
  await requireSameSecret(cast.host, url);
  printer.plain(`A conversation on ${url} (→ does, ← sees)`);
  const tooLong = setTimeout(() => {
    process.stderr.write('The demonstration took too long; giving up.\n');
    process.exit(1);
  }, WHOLE_MS);
  try {
    await playConversation(cast, Date.now(), printer);
  } finally {
    clearTimeout(tooLong);
    cast.customer.close();
    cast.staff.close();
  }
  printer.plain(`\nDone. Try it yourself: ${url}/ in a browser, ${url}/docs for the API.`);
});
