import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The one file of dynamic settings, for the embedded server and the containers alike. */
export const dynamicConfigPath = fileURLToPath(new URL('./dynamic-config.yaml', import.meta.url));

export type DynamicSettings = Record<string, string | number | boolean>;

/** The file's settings. Each has one value without constraints, because the CLI takes nothing else. */
export async function readDynamicConfig(path = dynamicConfigPath): Promise<DynamicSettings> {
  const parsed = parse(await readFile(path, 'utf8')) as Record<string, { value: string | number | boolean }[]>;
  return Object.fromEntries(
    Object.entries(parsed).map(([key, values]) => {
      const [only] = values;
      if (!only || values.length > 1 || Object.keys(only).length > 1) {
        throw new Error(`Cannot pass '${key}' of ${path} to the Temporal CLI: it needs one value without constraints`);
      }
      return [key, only.value];
    }),
  );
}

/** The CLI takes values one by one, as JSON. */
export function toCliFlags(settings: DynamicSettings): string[] {
  return Object.entries(settings).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
}
