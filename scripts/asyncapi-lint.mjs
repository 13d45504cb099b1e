/** Validates the AsyncAPI document that the built server gives out. Exits with 1 when it has an error. */
import { DiagnosticSeverity, Parser } from '@asyncapi/parser';
import { lintDocument } from './lib/fetch-document.mjs';

await lintDocument('/asyncapi.json', async (document) => {
  const found = await new Parser().validate(document);
  const errors = found.filter(({ severity }) => severity === DiagnosticSeverity.Error);
  for (const { path, message, code } of errors)
    process.stderr.write(`${path.join('.')}: ${message} (${code})\n`);
  const { channels, operations } = document;
  process.stdout.write(
    `/asyncapi.json: ${Object.keys(channels).length} channels, ${Object.keys(operations).length} operations, ${errors.length} errors\n`,
  );
  return errors.length === 0 ? 0 : 1;
});
