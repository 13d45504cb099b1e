/** Before each spec file. An unhandled rejection fails its test by itself in Jest 30. */
import 'reflect-metadata';
import { recordStatements } from './record-statements.js';

if (process.env.RECORD_STATEMENTS) recordStatements(process.env.RECORD_STATEMENTS);
