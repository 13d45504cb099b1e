import { readdir } from 'node:fs/promises';
import { endProcesses, removeFolders, scratchFolder, ServerProcess } from '../support/process.js';

/** What the operator sees of a configuration that is wrong. */
describe('faults of the configuration', () => {
  let folder: string;
  beforeAll(async () => (folder = await scratchFolder()));
  afterEach(endProcesses);
  afterAll(removeFolders);

  const run = (env: Record<string, string>) => ServerProcess.launch(folder, env).exited;

  it('are told all at once, one line for each variable, without values, before anything starts', async () => {
    const values = {
      PORT: '70707',
      DATABASE_URL: 'mysql://someone:hush@db.example/chat',
      JWT_SECRET: 'too-short',
      LOG_LEVEL: 'shouting',
      CORS_ALLOWED_ORIGINS: 'https://a.example/path',
      DATABASE_POOL_SIZE: '2.5',
      DIRECTORY_STRICT: 'perhaps',
    };
    const exit = await run(values);
    expect(exit).toMatchObject({ code: 1, stdout: '' });
    const lines = exit.stderr.trimEnd().split('\n');
    expect(lines[0]).toBe('The configuration is not valid:');
    expect(
      lines
        .slice(1)
        .map((line) => /^ {2}([A-Z_]+): \S.*$/.exec(line)?.[1])
        .sort(),
    ).toEqual(Object.keys(values).sort());
    for (const value of Object.values(values)) expect(exit.stderr).not.toContain(value);
    expect(await readdir(folder)).toEqual([]);
  }, 60_000);

  it('of production name the secret and the database, beside faults of single values', async () => {
    const exit = await run({
      NODE_ENV: 'production',
      JWT_SECRET: '',
      CORS_ALLOWED_ORIGINS: '*',
      PORT: 'many',
    });
    expect(exit).toMatchObject({ code: 1, stdout: '' });
    expect(exit.stderr.trimEnd().split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ {2}PORT: must be/),
      expect.stringMatching(/^ {2}JWT_SECRET: is required in production/),
      expect.stringMatching(/^ {2}DATABASE_URL: is required in production .*EMBEDDED_DATABASE=true/),
      expect.stringMatching(/^ {2}CORS_ALLOWED_ORIGINS: /),
    ]);
    expect(await readdir(folder)).toEqual([]);
  }, 60_000);
});
