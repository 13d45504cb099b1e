import 'reflect-metadata';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions, startEmbeddedPostgres } from '#libs/platform/database';
import { migrate, schema } from '../schema.js';

const FOLDER = join('apps', 'api', 'src', 'migrations');

export interface SchemaDifference {
  up: string[];
  down: string[];
}

/** What the entities say beyond the migrations, as SQL; both empty when they agree. */
export async function schemaDifference(url: string): Promise<SchemaDifference> {
  await migrate(url);
  const dataSource = await new DataSource(dataSourceOptions(url, schema)).initialize();
  try {
    const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
    return {
      up: upQueries.map((entry) => entry.query),
      down: downQueries.map((entry) => entry.query).reverse(),
    };
  } finally {
    await dataSource.destroy();
  }
}

function source(className: string, { up, down }: SchemaDifference): string {
  const statements = (list: string[]): string =>
    list.map((sql) => `    await runner.query(\`${sql.replaceAll('`', '\\`')}\`);`).join('\n');
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  name = '${className}';

  async up(runner: QueryRunner): Promise<void> {
${statements(up)}
  }

  async down(runner: QueryRunner): Promise<void> {
${statements(down)}
  }
}
`;
}

async function writeMigration(name: string, difference: SchemaDifference): Promise<string> {
  const stamp = Date.now();
  const className = `${name}${stamp}`;
  const file = `${stamp}-${name.replace(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`;
  await writeFile(join(FOLDER, `${file}.ts`), source(className, difference));
  const index = join(FOLDER, 'index.ts');
  const before = await readFile(index, 'utf8');
  const list = before
    .slice(before.lastIndexOf('[') + 1, before.lastIndexOf(']'))
    .trim()
    .replace(/,$/, '');
  const imports = before.slice(0, before.indexOf('export const'));
  const entries = [list, className].filter(Boolean).join(', ');
  await writeFile(
    index,
    `${imports.trimEnd()}\nimport { ${className} } from './${file}.js';\n\nexport const migrations = [${entries}];\n`.trimStart(),
  );
  return join(FOLDER, `${file}.ts`);
}

/** `npm run migration:generate -- AddThing`: compares entities with migrations on a throw-away PostgreSQL. */
async function main(): Promise<void> {
  const name = process.argv[2];
  if (!name || !/^[A-Z][A-Za-z]*$/.test(name)) {
    process.stderr.write(
      'Say what it does, in one capitalised word: npm run migration:generate -- AddRatings\n',
    );
    process.exit(2);
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-schema-'));
  await chmod(dataDir, 0o755); // so that root's PostgreSQL, which is another user's, works in it and goes with it
  // Root's PostgreSQL runs as another user, who must be able to enter; else it would be kept elsewhere, and stay.
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  try {
    const difference = await schemaDifference(postgres.url);
    if (difference.up.length === 0) {
      process.stdout.write('Entities and migrations agree; there is nothing to generate.\n');
      return;
    }
    process.stdout.write(`Wrote ${await writeMigration(name, difference)}; read it before you commit it.\n`);
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (process.argv[1]?.endsWith('migration-generate.js')) await main();
