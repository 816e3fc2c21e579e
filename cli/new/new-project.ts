import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLegatoSpec } from './legato-spec.ts';
import { projectNameFault } from './project-name.ts';

// This file and those that it imports run on old versions of Node too: the project brings its own Node.

export interface NewProjectOptions {
  /** The legato that the project depends on: a version, or the path of a packed file. */
  readonly legato?: string;
}

interface Package {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface ProjectPackage {
  readonly name: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const template = fileURLToPath(new URL('template', import.meta.url));
/** The name of the project that the template is. */
const TEMPLATE_NAME = 'my-agent';
/** npm packs no `.gitignore`, and a package.json or tsconfig.json would count for the template itself. */
const NAMES: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  dockerignore: '.dockerignore',
  'package.template.json': 'package.json',
  'tsconfig.template.json': 'tsconfig.json',
};
const MAX_AGENT_NAME_CHARS = 64;

/**
 * `legato new`: writes a project with an agent, its test and its replies into a new or empty folder.
 * @throws Error with what to do, before anything is written
 */
export function newProject(folder: string, { legato }: NewProjectOptions = {}): void {
  const path = resolve(folder);
  const manifest = createRequire(import.meta.url).resolve('legato/package.json');
  const own = JSON.parse(readFileSync(manifest, 'utf8')) as Package;
  const name = basename(path);
  const project = readTemplatePackage();
  const fault = projectNameFault(name, Object.keys({ ...project.dependencies, ...project.devDependencies }));
  if (fault !== undefined) throw new Error(`Cannot make a project called '${name}': ${fault}; choose another name`);
  refuseFullFolder(folder, path);
  const { spec, file } = findLegatoSpec(legato, { root: dirname(manifest), version: own.version });
  mkdirSync(path, { recursive: true });
  if (file !== undefined) copyFileSync(file, join(path, basename(file)));
  for (const from of readdirSync(template)) {
    const text = readFileSync(join(template, from), 'utf8').replaceAll(TEMPLATE_NAME, toAgentName(name));
    writeFileSync(join(path, NAMES[from] ?? from), text);
  }
  writeFileSync(join(path, 'package.json'), `${JSON.stringify(fill({ ...project, name }, own, spec), undefined, 2)}\n`);
  process.stdout.write(`${nextCommands(path, spec).join('\n')}\n`);
}

function refuseFullFolder(folder: string, path: string): void {
  if (!existsSync(path)) return;
  const reason = statSync(path).isDirectory() ? 'it is not empty' : 'it is a file';
  if (reason === 'it is a file' || readdirSync(path).length > 0) {
    throw new Error(`Cannot make a project in '${folder}': ${reason}; name a new or an empty folder`);
  }
}

function readTemplatePackage(): ProjectPackage {
  return JSON.parse(readFileSync(join(template, 'package.template.json'), 'utf8')) as ProjectPackage;
}

/** With the exact versions that this legato is tested with. */
function fill(project: ProjectPackage, { devDependencies: tested }: Package, spec: string): ProjectPackage {
  const pin = (names: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.keys(names).map((name) => [name, name === 'legato' ? spec : (tested[name] ?? '').replace(/^[~^]/, '')]),
    );
  return { ...project, dependencies: pin(project.dependencies), devDependencies: pin(project.devDependencies) };
}

/** What an agent may be called is less than what npm takes. */
function toAgentName(name: string): string {
  return name.replaceAll(/[^a-z0-9-]/g, '-').slice(0, MAX_AGENT_NAME_CHARS);
}

function nextCommands(path: string, spec: string): readonly string[] {
  const folder = relative(process.cwd(), path);
  return [
    `Made ${folder || 'the project'}, which depends on legato ${spec}. Next:`,
    '',
    ...(folder === '' ? [] : [`  cd ${folder}`]),
    '  npm install',
    '  npm test',
    '  npx legato dev',
    '  npx legato say "Is ticket 1042 ready?"     # in a second terminal, in the same folder',
    '',
    'README.md says what is what.',
  ];
}
