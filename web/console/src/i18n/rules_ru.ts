// SPDX-License-Identifier: Apache-2.0
// What a plugin's schema asks of a value, in Russian. In English the server says it.

const kTypes: Partial<Record<string, string>> = {
  object: 'объект',
  array: 'список',
  string: 'строка',
  boolean: 'true или false',
  null: 'null',
  number: 'число',
  integer: 'целое число',
};

const kRules: Partial<Record<string, string>> = {
  type: 'нужно: {0}, здесь {1}',
  enum: 'нужно одно из {0}, здесь {1}',
  minimum: 'нужно не меньше {0}, здесь {1}',
  maximum: 'нужно не больше {0}, здесь {1}',
  minLength: 'нужно символов не меньше {0}, здесь {1}',
  maxLength: 'нужно символов не больше {0}, здесь {1}',
  minItems: 'нужно элементов не меньше {0}, здесь {1}',
  maxItems: 'нужно элементов не больше {0}, здесь {1}',
  pattern: 'не подходит под {0}: {1}',
  required: 'не хватает {0}',
  additionalProperties: 'такого ключа нет',
};

/** Undefined where it is not known here. */
export function ruleRu(rule: string, values: readonly string[]): string | undefined {
  const types = (text: string): string => text.split(' or ').map((type) => kTypes[type] ?? type).join(' или ');
  return kRules[rule]?.replace(/\{(\d)\}/g, (_, at: string) => {
    const value = values[Number(at)] ?? '';
    return rule === 'type' && at === '0' ? types(value) : value;
  });
}
