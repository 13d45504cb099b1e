/** `nest build` of apps and libs into dist/, in one step (lib/build.mjs); nothing when nothing changed since the last. */
import { buildIfStale } from './lib/build.mjs';

await buildIfStale({ force: process.argv.includes('--force') });
