import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypeScriptGenerator } from '@asyncapi/modelina';
import { ONE_NODE, World } from '../support/world.js';
import type { Document } from './openapi-document.js';

/** What each generator is called with, to make TypeScript in the folder from the document. */
const GENERATORS: { name: string; args: (document: string, folder: string) => string[] }[] = [
  { name: 'openapi-typescript', args: (document, folder) => [document, '-o', join(folder, 'schema.ts')] },
  {
    name: 'openapi-ts',
    args: (document, folder) => ['-i', document, '-o', join(folder, 'client'), '--no-log-file'],
  },
  {
    name: 'orval',
    args: (document, folder) => [
      '--input',
      document,
      '--output',
      join(folder, 'client.ts'),
      '--client',
      'fetch',
    ],
  },
];
/** As a strict project of a browser has it. The generated code is judged, and its libraries. */
const PROJECT = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
  },
  include: ['.'],
};
const GENERATION_MS = 120_000;

/** @returns what the program said; it fails with that where the program fails. */
function run(name: string, args: string[], folder: string): Promise<string> {
  const program = join(process.cwd(), 'node_modules', '.bin', name);
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: folder, env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${name} failed:\n${stdout}${stderr}`)) : resolve(stdout),
    );
  });
}

async function compile(folder: string): Promise<void> {
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(PROJECT));
  await run('tsc', ['-p', folder, '--pretty', 'false'], folder);
}

/** All TypeScript below a folder. */
async function written(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
  return (await Promise.all(sources.map((file) => readFile(file, 'utf8')))).join('\n');
}

describe('code that is generated from the documents', () => {
  let world: World;
  let root: string;
  let document: Document;

  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    root = await mkdtemp(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), 'clients-'));
    document = (await documentAt('/openapi.json')) as Document;
    await writeFile(join(root, 'openapi.json'), JSON.stringify(document));
  });
  afterAll(async () => {
    await world.stop();
    await rm(root, { recursive: true, force: true });
  });

  const documentAt = async (path: string): Promise<unknown> => (await fetch(world.url + path)).json();

  async function folderFor(name: string): Promise<string> {
    const folder = join(root, name);
    await mkdir(folder);
    return folder;
  }

  it.each(GENERATORS)(
    'clients by $name have all schemas by their names, and compile strictly',
    async ({ name, args }) => {
      const folder = await folderFor(name);
      await run(name, args(join(root, 'openapi.json'), folder), folder);
      const code = await written(folder);
      const names = Object.keys(document.components.schemas);
      expect(names.filter((schema) => !new RegExp(`\\b${schema}\\b`).test(code))).toEqual([]);
      await compile(folder);
    },
    GENERATION_MS,
  );

  it(
    'models of events by Modelina all have names, and compile strictly',
    async () => {
      const folder = await folderFor('modelina');
      const generator = new TypeScriptGenerator({ modelType: 'interface' });
      const events = (await documentAt('/asyncapi.json')) as Record<string, unknown>;
      const models = await generator.generateCompleteModels(events, { exportType: 'named' });
      for (const { modelName, result } of models) await writeFile(join(folder, `${modelName}.ts`), result);
      expect(models.length).toBeGreaterThan(20);
      await compile(folder);
      expect(models.map(({ modelName }) => modelName).filter((name) => /anonymous/i.test(name))).toEqual([]);
    },
    GENERATION_MS,
  );
});
