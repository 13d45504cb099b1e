/**
 * `nest generate library`: Nest's own would give each library a tsconfig, an alias and a package prefix; here one
 * pattern in `imports` of package.json and in `paths` of tsconfig.json knows them all, and each has a floor.
 */
import { format, resolveConfig } from 'prettier';

const classOf = (name) => name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, first) => first.toUpperCase());

/** The files of a library, by their paths in its folder. */
const filesOf = (name) => ({
  'index.ts': `
    export { ${classOf(name)}Module } from './${name}.module.js';
    export { ${classOf(name)}Service } from './${name}.service.js';`,
  [`${name}.module.ts`]: `
    import { Module } from '@nestjs/common';
    import { ${classOf(name)}Service } from './${name}.service.js';

    @Module({ providers: [${classOf(name)}Service], exports: [${classOf(name)}Service] })
    export class ${classOf(name)}Module {}`,
  [`${name}.service.ts`]: `
    import { Injectable } from '@nestjs/common';

    @Injectable()
    export class ${classOf(name)}Service {}`,
});

/** Lists it among the projects, so that `--project` finds it. */
function withProject(config, library) {
  const { projects, ...rest } = JSON.parse(config);
  if (projects[library]) throw new Error(`There is a library ${library} already.`);
  const root = `libs/${library}`;
  projects[library] = { type: 'library', root, entryFile: 'index', sourceRoot: `${root}/src` };
  const sorted = Object.entries(projects).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ ...rest, projects: Object.fromEntries(sorted) }, null, 2);
}

/** Puts a feature between the directory and the dialects; who needs more than that says so in its line. */
function withFloor(config, library) {
  const key = /^\w+$/.test(library) ? library : `'${library}'`;
  const changed = config
    .replace(/(?=\n(?: *\/\/.*\n)* *dialects: \[)/, `\n  ${key}: ['platform', 'directory'],`)
    .replaceAll(/^( *(?:dialects|apps): \[[^\]]*?)(, 'dialects')?,?\s*\]/gm, `$1, '${library}'$2]`);
  if (changed.split(`'${library}'`).length < 3) throw new Error('Found no floors in eslint.config.mjs.');
  return changed;
}

/** A rule of @angular-devkit/schematics, which takes any function on its tree of files. */
export function library({ name, path }) {
  const folder = name.replaceAll(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const id = path === undefined ? folder : `${path}/${folder}`;
  return async (tree) => {
    const write = async (file, text) => {
      const options = { ...(await resolveConfig('package.json')), filepath: file };
      const formatted = await format(text, options);
      if (tree.exists(file)) tree.overwrite(file, formatted);
      else tree.create(file, formatted);
    };
    await write('nest-cli.json', withProject(tree.readText('nest-cli.json'), id));
    if (path === undefined)
      await write('eslint.config.mjs', withFloor(tree.readText('eslint.config.mjs'), id));
    for (const [file, text] of Object.entries(filesOf(folder))) await write(`libs/${id}/src/${file}`, text);
  };
}
