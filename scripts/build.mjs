/** Compiles apps and libs into dist/ with tsc; a no-op when nothing changed since the last build. */
import { buildIfStale } from './lib/build.mjs';

await buildIfStale({ force: process.argv.includes('--force') });
