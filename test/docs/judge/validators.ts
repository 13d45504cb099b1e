import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Schema, WithSchemas } from '../openapi-document.js';

const ROOT = 'https://document.example/';
const MOST_FAULTS = 5;

/** A document from its text, with the references to its components as `Validators` knows them. */
export const readDocument = <T extends WithSchemas>(text: string): T =>
  JSON.parse(text.replaceAll('"#/components/schemas/', `"${ROOT}#/$defs/`)) as T;

const told = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath.slice(1).replaceAll('/', '.') || 'it'} ${message} ${JSON.stringify(params)}`;

/** Judges values by the schemas of one document; each is compiled when it is needed first. */
export class Validators {
  private readonly ajv = new Ajv.default({ strict: false, validateSchema: false });
  /** By the name of a component, since many answers are the same one; else by the schema itself. */
  private readonly compiled = new Map<unknown, ValidateFunction>();

  constructor(document: WithSchemas) {
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: ROOT, $defs: document.components.schemas });
  }

  /** Sentences that name the field; empty where the value fits. Fields that are not described may be there. */
  faultsOf(schema: Schema, value: unknown): string[] {
    const key = Object.keys(schema).length === 1 && schema.$ref ? schema.$ref : schema;
    const validate = this.compiled.get(key) ?? this.ajv.compile(schema);
    this.compiled.set(key, validate);
    return validate(value) ? [] : (validate.errors ?? []).slice(0, MOST_FAULTS).map(told);
  }
}
