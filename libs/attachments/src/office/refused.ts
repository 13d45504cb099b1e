/** A container that is damaged, explodes, or brings something that runs. What it is stays here: nobody is told. */
export class RefusedContainer extends Error {}

export function refuse(why: string): never {
  throw new RefusedContainer(why);
}
