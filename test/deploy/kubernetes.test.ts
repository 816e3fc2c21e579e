import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { HorizontalPodAutoscaler, type IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { environmentVariables } from '../../config.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const folder = 'deploy/kubernetes';
/** Each kind that is used, with the version in which it is. */
const models = {
  'apps/v1 Deployment': Deployment,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'v1 ConfigMap': ConfigMap,
  'v1 Service': Service,
};
/** Seconds: what `preStop` takes, then open turns, then the last answers to Temporal. */
const drain = 20 + 12;

const manifests = await readManifests();

async function readManifests(): Promise<readonly Manifest[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(files.sort().map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text)).map((document) => document.toJS() as Manifest);
}

/** What Kubernetes' own schemas say of a manifest. */
function faultsOf(manifest: Manifest): string[] {
  const model = models[`${manifest.apiVersion} ${manifest.kind}` as keyof typeof models];
  if (!model) return [`${manifest.kind} of ${manifest.apiVersion} is unknown`];
  try {
    new (model as new (from: unknown) => { validate(): void })(manifest).validate();
    return [];
  } catch (error) {
    return [String(error)];
  }
}

/** Fields that Kubernetes would drop, which its schemas allow: the compiler finds them by the types of the same package. */
function unknownFields(checked: readonly Manifest[]): string[] {
  const name = join(import.meta.dirname, 'manifests.ts');
  const lines = checked.map((manifest) => {
    const { apiVersion, kind } = manifest;
    return `{ const it: import('kubernetes-models/${apiVersion}').I${kind} = ${JSON.stringify(manifest)}; void it; }`;
  });
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2024 },
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  };
  const disk = ts.createCompilerHost(options);
  const text = `${lines.join('\n')}\nexport {};\n`;
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => file === name || disk.fileExists(file),
    getSourceFile: (file, version, ...rest) =>
      file === name ? ts.createSourceFile(file, text, version) : disk.getSourceFile(file, version, ...rest),
  };
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

for (const manifest of manifests) {
  test(`kubernetes: ${manifest.kind} '${manifest.metadata.name}' is valid by its schema`, () => {
    assert.deepEqual(faultsOf(manifest), []);
  });
}

test('kubernetes: no manifest has a field that Kubernetes does not know', () => {
  assert.deepEqual(unknownFields(manifests), []);
});

test('kubernetes: a value of the wrong type and a misspelt field are found', () => {
  const { metadata, spec } = find<IDeployment>('Deployment', 'legato-worker');
  const wrong = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { ...spec, replicas: 'one' } };
  assert.match(faultsOf(wrong as never)[0] ?? '', /replicas/);
  const misspelt = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { ...spec, replica: 1 } };
  assert.match(unknownFields([misspelt as never])[0] ?? '', /'"replica"' does not exist/);
});

test('kubernetes: every variable is one that Legato reads', () => {
  const given = [
    ...Object.keys(find<{ data: object }>('ConfigMap', 'legato').data),
    ...deployments().flatMap((deployment) => containerOf(deployment).env?.map(({ name }) => name) ?? []),
  ];
  const known = [...environmentVariables];
  assert.deepEqual(
    given.filter((name) => !known.includes(name)),
    [],
  );
});

test('kubernetes: keys come from a Secret, and no value of one is written down', () => {
  for (const deployment of deployments()) {
    const secret = (containerOf(deployment).env ?? []).filter(({ name }) => /KEY|SECRET/.test(name));
    assert.ok(secret.length > 0);
    for (const { name, value, valueFrom } of secret) assert.ok(value === undefined && valueFrom?.secretKeyRef, name);
  }
});

test('kubernetes: a pod is given the time that its turns need to end', () => {
  for (const deployment of deployments()) {
    const preStop = containerOf(deployment).lifecycle?.preStop?.sleep?.seconds ?? 0;
    const given = deployment.spec?.template.spec?.terminationGracePeriodSeconds ?? 0;
    assert.ok(given > preStop + drain, `${deployment.metadata?.name}: ${given} s`);
  }
});

test('kubernetes: the autoscaler keeps open turns below what a front end takes', () => {
  const { spec } = find<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler', 'legato-front-end');
  const [metric] = spec?.metrics ?? [];
  assert.equal(metric?.pods?.metric.name, 'legato_open_turns');
  const frontEnd = find<IDeployment>('Deployment', spec?.scaleTargetRef.name ?? '');
  const most = containerOf(frontEnd).env?.find(({ name }) => name === 'LEGATO_MAX_OPEN_TURNS')?.value;
  assert.ok(Number(metric?.pods?.target.averageValue) < Number(most));
});

test('kubernetes: what selects pods selects those of one deployment', () => {
  const labels = new Set(deployments().map(({ spec }) => JSON.stringify(spec?.template.metadata?.labels)));
  const selectors = [
    ...deployments().map(({ spec }) => spec?.selector.matchLabels),
    ...all<{ spec: { selector: { matchLabels: object } } }>('PodDisruptionBudget').map(
      ({ spec }) => spec.selector.matchLabels,
    ),
    ...all<{ spec: { selector: object } }>('Service').map(({ spec }) => spec.selector),
  ];
  assert.equal(labels.size, deployments().length);
  for (const selector of selectors) assert.ok(labels.has(JSON.stringify(selector)), JSON.stringify(selector));
});

function all<T>(kind: string): readonly T[] {
  return manifests.filter((manifest) => manifest.kind === kind) as unknown as readonly T[];
}

function find<T>(kind: string, name: string): T {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  assert.ok(found, `there is no ${kind} '${name}'`);
  return found as unknown as T;
}

function deployments(): readonly IDeployment[] {
  return all<IDeployment>('Deployment');
}

function containerOf({ spec }: IDeployment) {
  const [container] = spec?.template.spec?.containers ?? [];
  assert.ok(container);
  return container;
}
