import { readFile } from 'node:fs/promises';
import { EmbeddedPostgresError } from './errors.js';
import { run, type Account, type RunResult } from './run.js';

/** What choosing an account needs of the system; specs replace it. */
export interface AccountSystem {
  lookup(name: string): Promise<Account | undefined>;
  execute(command: string, args: string[]): Promise<RunResult>;
  /** Whether a program can be run as the account. */
  canBecome(account: Account): Promise<RunResult>;
}

/** How the usual systems make a system user, tried in turn: shadow, Debian's adduser, BusyBox. */
const MAKE_USER: [string, string[]][] = [
  [
    'useradd',
    [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ],
  ],
  ['adduser', ['--system', '--group', '--no-create-home', '--quiet', 'postgres']],
  ['adduser', ['-S', '-D', '-H', 'postgres']],
];

/**
 * The account that PostgreSQL, which refuses to run as root, runs as: `postgres`, made when missing; where no
 * user can be made, `nobody`.
 * @throws EmbeddedPostgresError when this root may not become anyone else.
 */
export async function chooseAccount(
  log: (line: string) => void,
  system: AccountSystem = hostSystem,
): Promise<Account> {
  const account =
    (await system.lookup('postgres')) ?? (await makeUser(log, system)) ?? (await fallback(log, system));
  const check = await system.canBecome(account);
  if (check.code === 0) return account;
  throw new EmbeddedPostgresError(
    `PostgreSQL must not run as root, and this root may not run it as user "${account.name}" either ` +
      `(${check.output || 'no permission'}). Start the server as an ordinary user, or set DATABASE_URL.`,
  );
}

async function makeUser(log: (line: string) => void, system: AccountSystem): Promise<Account | undefined> {
  for (const [command, args] of MAKE_USER) {
    const made = await system.execute(command, args);
    const account = made.code === 0 ? await system.lookup('postgres') : undefined;
    if (!account) continue;
    log('Made the system user "postgres" for the embedded PostgreSQL, which refuses to run as root.');
    return account;
  }
  return undefined;
}

async function fallback(log: (line: string) => void, system: AccountSystem): Promise<Account> {
  log('No user "postgres" could be made for the embedded PostgreSQL: it runs as "nobody".');
  return (await system.lookup('nobody')) ?? { uid: 65534, gid: 65534, name: 'nobody' };
}

/** The account's name for messages; its number where the system has none. */
export async function accountOf(uid: number, gid: number): Promise<Account> {
  const line = (await passwd()).find((fields) => fields[2] === String(uid));
  return { uid, gid, name: line?.[0] ?? String(uid) };
}

async function passwd(): Promise<string[][]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(':'));
}

const hostSystem: AccountSystem = {
  async lookup(name) {
    const line = (await passwd()).find((fields) => fields[0] === name);
    if (line) return valid({ name, uid: Number(line[2]), gid: Number(line[3]) });
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    if (uid.code !== 0 || gid.code !== 0) return undefined;
    return valid({ name, uid: Number(uid.output), gid: Number(gid.output) });
  },
  execute: async (command, args) => run(command, args, { timeoutMs: 10_000 }),
  canBecome: async (account) => run('/bin/sh', ['-c', 'exit 0'], { account, timeoutMs: 10_000 }),
};

function valid(account: Account): Account | undefined {
  return Number.isInteger(account.uid) && account.uid > 0 && Number.isInteger(account.gid)
    ? account
    : undefined;
}
