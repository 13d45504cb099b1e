import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const FOLDERS = ['apps', 'libs'];

/** A regular expression as the source has it. */
export interface SourcePattern {
  /** From the project's root. */
  file: string;
  source: string;
  flags: string;
}

/**
 * Every regular expression of the server's own code: literals, and `RegExp(…)` of texts that are known before it runs.
 * @throws where a pattern is put together at run time, since nobody can judge it
 */
export function patternsIn(root: string): SourcePattern[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
    .filter((file) => /\.ts$/.test(file) && !/\.spec\.ts$/.test(file))
    .flatMap((file) => patternsOf(file, readFileSync(join(root, file), 'utf8')));
}

export function patternsOf(file: string, text: string): SourcePattern[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = new Map<string, ts.Expression>();
  const found: SourcePattern[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer && isConst(node))
      constants.set(node.name.text, node.initializer);
    if (ts.isRegularExpressionLiteral(node)) found.push({ file, ...partsOf(node.text) });
    else if (isRegExpCall(node) && !node.arguments?.[0]?.getText().startsWith('/')) {
      const [pattern, flags] = (node.arguments ?? []).map((argument) => textOf(argument, constants));
      if (pattern === undefined || (node.arguments?.length === 2 && flags === undefined))
        throw new Error(`${file}: nobody can judge ${node.getText()}; write it as a literal or of constants`);
      found.push({ file, source: pattern, flags: flags ?? '' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const isConst = (node: ts.VariableDeclaration): boolean => (node.parent.flags & ts.NodeFlags.Const) !== 0;

const isRegExpCall = (node: ts.Node): node is ts.NewExpression | ts.CallExpression =>
  (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp';

function partsOf(literal: string): { source: string; flags: string } {
  const end = literal.lastIndexOf('/');
  return { source: literal.slice(1, end), flags: literal.slice(end + 1) };
}

/** The text that an expression always has. */
function textOf(
  node: ts.Expression | undefined,
  constants: ReadonlyMap<string, ts.Expression>,
): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) return textOf(constants.get(node.text), constants);
  if (!ts.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(({ expression, literal }) => {
    const part = textOf(expression, constants);
    return part === undefined ? undefined : part + literal.text;
  });
  return spans.includes(undefined) ? undefined : node.head.text + spans.join('');
}
