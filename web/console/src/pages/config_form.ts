// SPDX-License-Identifier: Apache-2.0
// A plugin's configuration as a flat list of fields, made from its schema; and what was changed, as
// the admin API takes it.

export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  title?: string;
  description?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  default?: unknown;
}

export interface PluginConfig {
  config: Record<string, unknown>;
  origins: Record<string, string>;
  schema: Schema | null;
  file: string;
}

export type Kind = 'number' | 'whole' | 'truth' | 'text' | 'choice' | 'json';

export interface ConfigField {
  /** "rooms.size" */
  path: string;
  kind: Kind;
  value: unknown;
  origin: string;
  help: string;
  schema: Schema;
}

function kindOf(schema: Schema, value: unknown): Kind {
  if (schema.enum?.every((one) => typeof one === 'string')) return 'choice';
  const type = Array.isArray(schema.type) ? undefined : schema.type;
  switch (type ?? typeof value) {
    case 'boolean':
      return 'truth';
    case 'integer':
      return 'whole';
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    default:
      return 'json';
  }
}

const plainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function fieldsOf({ config, origins, schema }: PluginConfig): ConfigField[] {
  const fields: ConfigField[] = [];
  const add = (path: string[], part: Schema, value: unknown): void => {
    const inner = part.properties ?? {};
    const names = [...new Set([...Object.keys(inner), ...(plainObject(value) ? Object.keys(value) : [])])];
    const dotted = names.some((name) => name.includes('.'));
    if (path.length === 0 || (Object.keys(inner).length > 0 && !dotted)) {
      for (const name of names.sort())
        add([...path, name], inner[name] ?? {}, plainObject(value) ? value[name] : undefined);
      return;
    }
    fields.push({
      path: path.join('.'),
      kind: kindOf(part, value),
      value,
      origin: origins[`/${path.join('/')}`] ?? '',
      help: [part.title, part.description].filter(Boolean).join('. '),
      schema: part,
    });
  };
  add([], schema ?? {}, config);
  return fields;
}

export function textOf({ kind, value }: Pick<ConfigField, 'kind' | 'value'>): string {
  if (value === undefined || value === null) return '';
  return kind === 'json' ? JSON.stringify(value) : String(value);
}

/** What was typed as a value; undefined when it is none of that kind. */
export function valueOf(kind: Kind, text: string): unknown {
  if (kind === 'truth') return text === 'true';
  if (kind === 'text' || kind === 'choice') return text;
  if (kind === 'json') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && (kind === 'number' || Number.isInteger(value)) ? value : undefined;
}

/** The fields whose text is another than what is in force. */
export function changedFields(fields: readonly ConfigField[], texts: Record<string, string>): ConfigField[] {
  return fields.filter((field) => (texts[field.path] ?? textOf(field)) !== textOf(field));
}
