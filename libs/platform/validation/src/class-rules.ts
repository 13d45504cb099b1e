/** What must hold for a payload as a whole; class-validator has rules for fields only. */
export interface ClassRule {
  holds(value: Readonly<Record<string, unknown>>): boolean;
  message: string;
  /** The field that is told, where one is to blame. */
  field?: string;
}

const RULES = Symbol('switchboard:class-rules');
const PREPARATION = Symbol('switchboard:preparation');

/** On a DTO class: a rule about several of its fields. Judged when each field is right by itself. */
export const Holds =
  (rule: ClassRule): ClassDecorator =>
  (type) =>
    Reflect.defineMetadata(RULES, [...rulesOf(type), rule], type);

/** For what changes an object: an empty payload is a mistake. */
export const ChangesSomething = (): ClassDecorator =>
  Holds({ holds: (value) => Object.keys(value).length > 0, message: 'must change something' });

/** On a DTO class: a payload that is no object says nothing, instead of being refused. */
export const OtherwiseEmpty = (): ClassDecorator => (type) => Reflect.defineMetadata(PREPARATION, true, type);

export const rulesOf = (type: object): readonly ClassRule[] =>
  (Reflect.getMetadata(RULES, type) as ClassRule[] | undefined) ?? [];
export const isOtherwiseEmpty = (type: object): boolean => Reflect.getMetadata(PREPARATION, type) === true;
