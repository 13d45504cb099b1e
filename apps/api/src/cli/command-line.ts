import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError } from '#libs/platform/config';
import { EmbeddedPostgresError } from '#libs/platform/database';

/** The command line is wrong: usage is shown, exit 2. */
export class UsageError extends Error {}
/** Something that the person at the terminal can mend: said in a sentence, exit 1. */
export class CliError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** The named options of a command line; anything else on it is refused. @throws UsageError */
export function readOptions<const T extends Options>(options: T, args = process.argv.slice(2)) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Runs a command to its end and exits: 0 done, 1 failed, 2 wrongly called. */
export async function runCommand(usage: string, command: () => Promise<void>): Promise<never> {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    if (error instanceof UsageError) process.stderr.write(`\n${usage}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
  process.exit(0);
}

const SAID_PLAINLY = [UsageError, CliError, ConfigError, EmbeddedPostgresError];

function explain(error: unknown): string {
  if (SAID_PLAINLY.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
