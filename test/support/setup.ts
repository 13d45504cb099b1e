/** Before each spec file. An unhandled rejection fails its test by itself in Jest 30. */
import 'reflect-metadata';
import { IS_JUDGED } from './heard.js';
import { recordStatements } from './record-statements.js';

if (process.env.RECORD_STATEMENTS) recordStatements(process.env.RECORD_STATEMENTS);
// Only then: it is much to load for each spec file.
if (IS_JUDGED) (await import('../docs/judge/judge-each-test.js')).judgeEachTest();
