import { builtinModules } from 'node:module';

const MAX_CHARS = 214;
/** What npm takes without a scope: the name stands in URLs and as the name of a folder. */
const NAME = /^[a-z0-9-][a-z0-9._-]*$/;

/**
 * Why npm would refuse a project of this name, or install something else in its place; undefined if it takes it.
 * `dependencies`: of the project.
 */
export function projectNameFault(name: string, dependencies: readonly string[]): string | undefined {
  if (name.length > MAX_CHARS) return `it has ${name.length} characters, and npm takes at most ${MAX_CHARS}`;
  if (!NAME.test(name)) {
    const rule = "npm takes lower-case letters, digits, '-', '.' and '_', and none of the last two first";
    const meant = nearestTaken(name);
    return meant === '' ? rule : `${rule}; call it '${meant}'`;
  }
  if (name === 'node_modules' || name === 'favicon.ico') return 'npm keeps this name for itself';
  if (builtinModules.includes(name)) return 'a module of Node has this name';
  if (dependencies.includes(name)) return 'the project depends on a package of this name';
  return undefined;
}

function nearestTaken(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|-+$/g, '');
}
