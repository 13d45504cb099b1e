/** The layer rule of eslint.config.mjs: imports go down only, and into another library by its index alone. */
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Folders that hold several libraries each. */
const GROUPS = ['platform', 'dialects'];

/** @returns the library of a path below libs/, such as `rooms` or `platform/auth`, and what follows its name. */
function splitLibrary(path) {
  const parts = path.split('/');
  const length = GROUPS.includes(parts[0]) ? 2 : 1;
  return { library: parts.slice(0, length).join('/'), rest: parts.slice(length).join('/') };
}

/** The library or app that a file belongs to; undefined for tests and scripts, which may import everything. */
function homeOf(file) {
  const path = relative(root, file).split(sep).join('/');
  if (path.startsWith('apps/')) return path.split('/').slice(0, 2).join('/');
  if (path.startsWith('libs/')) return splitLibrary(path.slice('libs/'.length)).library;
  return undefined;
}

const floorOf = (home) => home.split('/')[0];

/** What is wrong with an import, as a sentence; undefined when it may stand. */
function fault(file, source, floors) {
  const home = homeOf(file);
  if (home === undefined) return undefined;
  if (!floors[floorOf(home)]) return `${home} has no floor: give it one in eslint.config.mjs.`;
  const byIndex = source.startsWith('#libs/');
  if (!byIndex && !source.startsWith('.')) return undefined;
  const { library, rest } = byIndex
    ? splitLibrary(source.slice('#libs/'.length))
    : { library: homeOf(resolve(dirname(file), source)), rest: '' };
  if (library === home) return byIndex ? 'Within a library import the file itself: ./file.js.' : undefined;
  if (library === undefined) return `${source} is outside of apps and libs: it is not part of the server.`;
  if (!floors[floorOf(home)].includes(floorOf(library)))
    return `${home} may not import ${library}: imports go down only (docs/architecture.md).`;
  if (!byIndex || rest !== '') return `Import another library by its index: #libs/${library}.`;
  return undefined;
}

export const layerRule = {
  meta: {
    type: 'problem',
    docs: { description: 'Imports go down only, and into another library by its index alone.' },
    schema: [{ type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }],
  },
  create(context) {
    const [floors] = context.options;
    const check = ({ source }) => {
      const text = source?.type === 'TSLiteralType' ? source.literal.value : source?.value;
      const message = typeof text === 'string' ? fault(context.filename, text, floors) : undefined;
      if (message) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};
