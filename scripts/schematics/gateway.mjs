/** `nest generate gateway`: Nest's own, but that an event can only be declared with who may send it. */
import { chain, externalSchematic } from '@angular-devkit/schematics';

const gatewayOf = (className) => `import { ChatGateway } from '#libs/platform/realtime';

@ChatGateway('service')
export class ${className} {}
`;

/** Lets Nest make the file and enter it in its module, and puts ours in its place. */
export function gateway(options) {
  return chain([
    externalSchematic('@nestjs/schematics', 'gateway', options),
    (tree) => {
      const { path } = tree.actions.find(({ kind, path }) => kind === 'c' && path.endsWith('.gateway.ts'));
      tree.overwrite(path, gatewayOf(/class (\w+)/.exec(tree.readText(path))[1]));
    },
  ]);
}
