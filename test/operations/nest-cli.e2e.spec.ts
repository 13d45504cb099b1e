import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrations } from '../../apps/api/src/migrations/index.js';
import { run } from '../newcomer/cli.js';
import { createTestDatabase } from '../support/database.js';
import { endProcesses, isAlive, NodeProcess, removeFolders, scratchFolder } from '../support/process.js';

const ROOT = join(fileURLToPath(import.meta.url), '..', '..', '..');
const BIN = {
  nest: '@nestjs/cli/bin/nest.js',
  tsc: 'typescript/bin/tsc',
  eslint: 'eslint/bin/eslint.js',
  prettier: 'prettier/bin/prettier.cjs',
};
/** What Nest's command line and the tools around it read. */
const SETTINGS = [
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'eslint.config.mjs',
  '.prettierrc.json',
  'scripts',
];

/** Leaves by itself, so that nothing stays of a test that failed. */
const MAIN = `import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { RatingsModule, version } from '#libs/ratings';

await NestFactory.createApplicationContext(RatingsModule, { logger: false });
const providers: (new () => object)[] = Reflect.getMetadata('providers', RatingsModule);
process.stdout.write(\`\${version} \${providers.map(({ name }) => name).join()} of \${process.pid}\\n\`);
setTimeout(() => process.exit(), 60_000);
`;

interface Project {
  root: string;
  sourceRoot: string;
  entryFile: string;
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(join(ROOT, file), 'utf8')) as T;
}

/** The libraries that there are, as `#libs/` names them. */
async function librariesIn(folder = 'libs', above = ''): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder));
  if (entries.includes('src')) return [above];
  const below = entries.map((name) => librariesIn(join(folder, name), above ? `${above}/${name}` : name));
  return (await Promise.all(below)).flat();
}

describe("Nest's command line", () => {
  afterEach(endProcesses);
  afterAll(removeFolders);

  it('knows every library, by the name that Node, TypeScript and editors know it by', async () => {
    const { projects } = await readJson<{ projects: Record<string, Project> }>('nest-cli.json');
    const { compilerOptions } = await readJson<{
      compilerOptions: { paths: Record<string, string[]> };
    }>('tsconfig.json');
    const { imports } = await readJson<{ imports: Record<string, { development: string }> }>('package.json');
    const libraries = await librariesIn();
    expect(Object.keys(projects).sort()).toEqual(['api', ...libraries].sort());
    for (const { root, sourceRoot, entryFile } of Object.values(projects)) {
      expect(sourceRoot).toBe(`${root}/src`);
      expect([sourceRoot, existsSync(join(ROOT, sourceRoot, `${entryFile}.ts`))]).toEqual([sourceRoot, true]);
    }
    expect(compilerOptions.paths).toEqual(
      Object.fromEntries(Object.entries(imports).map(([name, { development }]) => [name, [development]])),
    );
    const pattern = imports['#libs/*']?.development ?? '';
    for (const library of libraries) {
      expect(join(ROOT, pattern.replace('*', library))).toBe(
        join(ROOT, projects[library]?.sourceRoot ?? '', 'index.ts'),
      );
    }
  });

  it('makes a library that is clean, compiles, runs, and starts anew when it changes', async () => {
    const house = await copyOfSettings();
    const tool = async (name: keyof typeof BIN, ...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await NodeProcess.spawn(
        join(ROOT, 'node_modules', BIN[name]),
        args,
        house,
        {},
      ).exited;
      expect([name, args, code, code === 0 ? '' : stdout + stderr]).toEqual([name, args, 0, '']);
      return stdout;
    };
    await tool('nest', 'generate', 'library', 'ratings');
    const ratings = join(house, 'libs', 'ratings', 'src');
    await tool('prettier', '--check', 'nest-cli.json', 'eslint.config.mjs', ratings);
    await tool('nest', 'generate', 'service', 'stars', '--project', 'ratings');
    await tool('nest', 'generate', 'controller', 'stars', '--project', 'ratings');
    const index = join(ratings, 'index.ts');
    const version = (name: string): string => `export const version = '${name}';\n`;
    await writeFile(index, (await readFile(index, 'utf8')) + version('first'));
    await writeFile(join(house, 'apps', 'api', 'src', 'main.ts'), MAIN);
    await Promise.all([tool('tsc', '--noEmit'), tool('eslint', '--max-warnings', '0', 'apps', 'libs')]);

    const watching = NodeProcess.spawn(
      join(ROOT, 'node_modules', BIN.nest),
      ['start', '--watch', '--no-shell'],
      house,
      {},
    );
    const [, first] = await watching.says(/first RatingsService,StarsService of (\d+)/);
    await writeFile(index, (await readFile(index, 'utf8')).replace(version('first'), version('second')));
    const [, second] = await watching.says(/second RatingsService,StarsService of (\d+)/);
    expect(isAlive(Number(first))).toBe(false);
    expect(await watching.stop()).toMatchObject({ code: 0 });
    expect(isAlive(Number(second))).toBe(false);
  }, 90_000);

  it('makes a gateway whose events have to say who may send them', async () => {
    const house = await copyOfSettings();
    await mkdir(join(house, 'libs', 'rooms', 'src'), { recursive: true });
    await cp(
      join(ROOT, 'libs', 'rooms', 'src', 'rooms.module.ts'),
      join(house, 'libs', 'rooms', 'src', 'rooms.module.ts'),
    );
    const args = ['generate', 'gateway', 'doors', '--project', 'rooms'];
    await NodeProcess.spawn(join(ROOT, 'node_modules', BIN.nest), args, house, {}).exited;
    const text = await readFile(join(house, 'libs', 'rooms', 'src', 'doors', 'doors.gateway.ts'), 'utf8');
    expect(text).toMatch(/@ChatGateway\(.*\)\nexport class DoorsGateway/);
    expect(text).not.toContain('@WebSocketGateway');
    expect(await readFile(join(house, 'libs', 'rooms', 'src', 'rooms.module.ts'), 'utf8')).toContain(
      `import { DoorsGateway } from './doors/doors.gateway.js';`,
    );
  }, 60_000);

  /** Generating changes files: it is tried in a folder of its own, which has the settings and no sources. */
  async function copyOfSettings(): Promise<string> {
    const house = await scratchFolder();
    await Promise.all([
      ...SETTINGS.map((name) => cp(join(ROOT, name), join(house, name), { recursive: true })),
      mkdir(join(house, 'apps', 'api', 'src'), { recursive: true }),
      symlink(join(ROOT, 'node_modules'), join(house, 'node_modules')),
    ]);
    return house;
  }
});

describe("TypeORM's command line", () => {
  it('shows, by npm run typeorm, that every migration ran', async () => {
    const database = await createTestDatabase();
    try {
      const { code, stdout, stderr } = await run('npm', ['run', '-s', 'typeorm', '--', 'migration:show'], {
        DATABASE_URL: database.url,
      });
      const shown = migrations.map(({ name }, at) => `[X] ${at + 1} ${name}`);
      expect({ code, stderr, shown: stdout.trim().split('\n') }).toEqual({ code: 0, stderr: '', shown });
    } finally {
      await database.drop();
    }
  }, 60_000);
});
