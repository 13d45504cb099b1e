/** Before each spec file. An unhandled rejection fails its test by itself in Jest 30. */
import 'reflect-metadata';
