import { chooseAccount, type AccountSystem } from './account.js';
import type { Account } from './run.js';

/** A system with the given users, where the given commands can make \`postgres\`. */
function system(users: Account[], makers: string[] = [], canBecome = true) {
  const tried: string[] = [];
  const fake: AccountSystem = {
    lookup: async (name) => users.find((user) => user.name === name),
    async execute(command, args) {
      const line = [command, ...args].join(' ');
      tried.push(line);
      if (!makers.some((maker) => line.startsWith(maker))) return { code: null, output: 'not found' };
      users.push({ uid: 990, gid: 990, name: 'postgres' });
      return { code: 0, output: '' };
    },
    canBecome: async () => (canBecome ? { code: 0, output: '' } : { code: null, output: 'spawn EPERM' }),
  };
  return { fake, tried };
}

describe('chooseAccount', () => {
  const logs: string[] = [];
  const log = (line: string): void => void logs.push(line);
  const nobody = { uid: 65534, gid: 65534, name: 'nobody' };

  it('takes the user postgres where there is one', async () => {
    const { fake, tried } = system([{ uid: 101, gid: 104, name: 'postgres' }]);
    expect(await chooseAccount(log, fake)).toMatchObject({ uid: 101 });
    expect(tried).toEqual([]);
  });

  it.each([
    ['useradd', 1],
    ['adduser --system', 2],
    ['adduser -S', 3],
  ])('makes it with %s', async (maker, attempts) => {
    const { fake, tried } = system([nobody], [maker]);
    expect(await chooseAccount(log, fake)).toMatchObject({ uid: 990, name: 'postgres' });
    expect(tried).toHaveLength(attempts);
    expect(logs.at(-1)).toMatch(/Made the system user "postgres"/);
  });

  it('falls back to nobody, known to the system or not', async () => {
    expect(await chooseAccount(log, system([nobody]).fake)).toEqual(nobody);
    expect(await chooseAccount(log, system([]).fake)).toEqual(nobody);
    expect(logs.at(-1)).toMatch(/runs as "nobody"/);
  });

  it('says so where root may not become anyone', async () => {
    await expect(chooseAccount(log, system([nobody], [], false).fake)).rejects.toThrow(
      /may not run it as user "nobody" either \(spawn EPERM\)\. Start the server as an ordinary user, or set DATABASE_URL/,
    );
  });
});
