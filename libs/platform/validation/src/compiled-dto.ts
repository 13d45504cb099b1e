import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';
import type { ErrorDetail } from '#libs/platform/errors';
import { isOtherwiseEmpty, rulesOf, type ClassRule } from './class-rules.js';
import { DEFAULTS } from './fields.decorators.js';

type DtoClass<T extends object = object> = new () => T;
type Input = Readonly<Record<string, unknown>>;
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

interface Check {
  each: boolean;
  /** The sentence of a broken rule. */
  fault(value: unknown, object: object): string | undefined;
}

interface CompiledField {
  name: string;
  read: ((value: unknown, input: Input) => unknown) | undefined;
  usual: unknown;
  /** All must hold, or nothing is asked of the value: it may be left out or null. */
  conditions: ((object: object, value: unknown) => boolean)[];
  checks: Check[];
  nested: (() => CompiledDto<object>) | undefined;
}

const MAX_FAULTS = 20;
const TO_CLASS = 0;
const compiledByClass = new Map<DtoClass, CompiledDto<object>>();

/** The compiled form of a class; made once. @throws where the class says something that it cannot compile. */
export function compiledDto<T extends object>(type: DtoClass<T>): CompiledDto<T> {
  let compiled = compiledByClass.get(type);
  if (!compiled) compiledByClass.set(type, (compiled = new CompiledDto(type)));
  return compiled as CompiledDto<T>;
}

/** Whether class-validator knows anything of the class. */
export const isDto = (type: unknown): type is DtoClass =>
  typeof type === 'function' && metadataOf(type as DtoClass).length > 0;

const metadataOf = (type: DtoClass): Metadata[] =>
  getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);

/**
 * What class-validator and class-transformer know of a class, as one list of functions for each field: an event is
 * checked in a fraction of a microsecond, where their own walk over the metadata takes several. Fields that the class
 * does not declare are dropped. Of each field the first broken rule is told, in the order of declaration.
 */
export class CompiledDto<T extends object> {
  private readonly fields: CompiledField[];
  private readonly rules: readonly ClassRule[];
  private readonly otherwiseEmpty: boolean;

  constructor(private readonly type: DtoClass<T>) {
    this.fields = fieldsOf(type);
    this.rules = rulesOf(type);
    this.otherwiseEmpty = isOtherwiseEmpty(type);
  }

  /** @returns the DTO, or undefined where `faults` got entries: one for each field, with its path. */
  read(input: unknown, faults: ErrorDetail[], path = ''): T | undefined {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      if (this.otherwiseEmpty) return this.read({}, faults, path);
      faults.push({ field: path || '(payload)', message: 'must be an object' });
      return undefined;
    }
    const before = faults.length;
    const out = Object.create(this.type.prototype as object) as Record<string, unknown>;
    for (const field of this.fields) {
      if (faults.length >= MAX_FAULTS) break;
      readField(field, input as Input, out, faults, path);
    }
    if (faults.length === before) this.judge(out, faults, path);
    return faults.length === before ? (out as T) : undefined;
  }

  private judge(out: Input, faults: ErrorDetail[], path: string): void {
    for (const { holds, message, field } of this.rules)
      if (!holds(out))
        faults.push({ field: [path, field].filter(Boolean).join('.') || '(payload)', message });
  }
}

function readField(
  { name, read, usual, conditions, checks, nested }: CompiledField,
  input: Input,
  out: Record<string, unknown>,
  faults: ErrorDetail[],
  path: string,
): void {
  let value = Object.hasOwn(input, name) ? input[name] : undefined;
  if (value !== undefined && read) value = read(value, input);
  if (value === undefined && usual !== undefined) {
    out[name] = typeof usual === 'object' && usual !== null ? structuredClone(usual) : usual;
    return;
  }
  for (const applies of conditions)
    if (!applies(input, value)) {
      if (value !== undefined) out[name] = value;
      return;
    }
  const at = path === '' ? name : `${path}.${name}`;
  if (!passes(checks, value, out, faults, at)) return;
  out[name] = nested ? readNested(nested(), value, faults, at) : value;
}

function passes(checks: Check[], value: unknown, object: object, faults: ErrorDetail[], at: string): boolean {
  const before = faults.length;
  for (const check of checks) {
    if (check.each && Array.isArray(value)) {
      for (let index = 0; index < value.length && faults.length < MAX_FAULTS; index += 1) {
        const message = check.fault(value[index], object);
        if (message !== undefined) faults.push({ field: `${at}.${index}`, message });
      }
    } else {
      const message = check.fault(value, object);
      if (message !== undefined) faults.push({ field: at, message });
    }
    if (faults.length > before) return false;
  }
  return true;
}

function readNested(dto: CompiledDto<object>, value: unknown, faults: ErrorDetail[], at: string): unknown {
  if (!Array.isArray(value)) return dto.read(value, faults, at);
  const entries: unknown[] = [];
  for (let index = 0; index < value.length && faults.length < MAX_FAULTS; index += 1)
    entries.push(dto.read(value[index], faults, `${at}.${index}`));
  return entries;
}

/** In the order of declaration, what is inherited first. */
function fieldsOf(type: DtoClass): CompiledField[] {
  const depth = (target: unknown): number => {
    let [at, steps]: [unknown, number] = [type, 0];
    while (at !== target && typeof at === 'function') [at, steps] = [Object.getPrototypeOf(at), steps + 1];
    return -steps;
  };
  const byName = new Map<string, Metadata[]>();
  for (const entry of metadataOf(type).sort((a, b) => depth(a.target) - depth(b.target)))
    byName.set(entry.propertyName, [...(byName.get(entry.propertyName) ?? []), entry]);
  const defaults = (Reflect.getMetadata(DEFAULTS, type) ?? {}) as Record<string, unknown>;
  const initial = new type() as Record<string, unknown>;
  return [...byName].map(([name, entries]) => ({
    name,
    read: readerOf(type, name),
    usual: defaults[name] ?? initial[name],
    conditions: conditionsOf(entries),
    checks: entries.flatMap((entry) => checksOf(type, entry)),
    nested: entries.some(({ type: kind }) => kind === ValidationTypes.NESTED_VALIDATION)
      ? nestedOf(type, name)
      : undefined,
  }));
}

function readerOf(type: DtoClass, name: string): CompiledField['read'] {
  const found = defaultMetadataStorage.findTransformMetadatas(type, name, TO_CLASS);
  if (found.length === 0) return undefined;
  return (value, input) =>
    found.reduce(
      (current, { transformFn }) =>
        transformFn({ value: current, key: name, obj: input, type: TO_CLASS, options: {} }) as unknown,
      value,
    );
}

const conditionsOf = (entries: Metadata[]): CompiledField['conditions'] =>
  entries
    .filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(({ constraints }) => constraints[0] as CompiledField['conditions'][number]);

function nestedOf(type: DtoClass, name: string): () => CompiledDto<object> {
  const declared = defaultMetadataStorage.findTypeMetadata(type, name);
  if (!declared) throw new Error(`${type.name}.${name} is nested and needs @Type or @Nested`);
  const classOf = declared.typeFunction as () => DtoClass;
  let compiled: CompiledDto<object> | undefined;
  // Not before it is needed: classes may refer to one another.
  return () => (compiled ??= compiledDto(classOf()));
}

/** @throws for what this cannot compile; silently less checking than declared would be worse. */
function checksOf(type: DtoClass, entry: Metadata): Check[] {
  const where = `${type.name}.${entry.propertyName}`;
  if ((entry.groups?.length ?? 0) > 0) throw new Error(`${where}: validation groups are not supported`);
  switch (entry.type) {
    case ValidationTypes.CONDITIONAL_VALIDATION:
    case ValidationTypes.NESTED_VALIDATION:
    case ValidationTypes.WHITELIST:
      return [];
    case ValidationTypes.CUSTOM_VALIDATION:
    case ValidationTypes.IS_DEFINED:
      return constraintsOf(entry, where);
    default:
      throw new Error(`${where}: ${entry.type} is not supported`);
  }
}

function constraintsOf(entry: Metadata, where: string): Check[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(entry.constraintCls)
    .map((constraint) => {
      if (constraint.async) throw new Error(`${where}: asynchronous validators are not supported`);
      const { instance } = constraint;
      return {
        each: entry.each,
        fault: (value, object) => {
          const args: ValidationArguments = {
            value,
            object,
            constraints: (entry.constraints ?? []) as unknown[],
            targetName: entry.target as string,
            property: entry.propertyName,
          };
          if (entry.validateIf && !entry.validateIf(object, value)) return undefined;
          if (instance.validate(value, args)) return undefined;
          const message = entry.message || instance.defaultMessage?.(args) || 'is not valid';
          return sentenceOf(message, args);
        },
      };
    });
}

/** Messages of class-validator's own decorators name the property, which a detail does by itself. */
function sentenceOf(message: Metadata['message'], args: ValidationArguments): string {
  const text = typeof message === 'function' ? message(args) : message;
  return text
    .replaceAll('$property ', '')
    .replaceAll('$property', args.property)
    .replaceAll(/\$constraint(\d)/g, (_, index: string) => String(args.constraints[Number(index) - 1]));
}
