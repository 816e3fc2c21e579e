import type { DynamicSettings } from '../dynamic-config.ts';
import type { Ensured } from '../readiness/ensured.ts';
import type { ServerOrigin } from '../binary/server-binary.ts';
import { waysOut } from '../settings.ts';
import type { Finding } from './finding.ts';

/** What `inspectServer` found. */
export interface ServerInspection {
  /** By which way a server is found; `to-build`: none is there, but one can be built. */
  way: 'address' | ServerOrigin | 'to-build' | 'none';
  command?: string;
  commandVersion?: string;
  /** Absent where no server runs. */
  address?: string;
  uiUrl?: string;
  namespace: string;
  answer?: ServerAnswer;
  dynamicConfig: { path: string; settings: DynamicSettings; inForce: boolean };
  /** What keeps turns from running, one sentence each. */
  problems: string[];
  findings: readonly Finding[];
}

/** What the server itself says. */
export interface ServerAnswer {
  version: string;
  namespace: Ensured;
  searchAttributes: Ensured;
}

const uiServer = 'github.com/temporalio/ui-server/v2/cmd/server@v2.54.1';

const ways: Record<ServerInspection['way'], string> = {
  address: 'named by TEMPORAL_ADDRESS',
  cli: 'the Temporal CLI on the PATH',
  'sdk-download': 'the Temporal CLI that the SDK downloaded',
  built: 'built here with Go',
  'to-build': 'none yet; the first start builds one with Go, about 6 minutes once',
  none: 'none found, and none can be built',
};

/** The inspection as `legato doctor` prints it. */
export function toFindings(inspection: Omit<ServerInspection, 'findings'>): readonly Finding[] {
  const { way, problems } = inspection;
  const part = 'Temporal server';
  if (way === 'none') return [{ status: 'missing', part, found: problems.join(' '), details: waysOut.split('\n') }];
  return [
    { status: 'ok', part, found: ways[way], details: detailLines(inspection) },
    ...problems.map((problem) => ({ status: 'missing', part, found: problem }) as const),
    uiFinding(inspection),
  ];
}

function detailLines(inspection: Omit<ServerInspection, 'findings'>): string[] {
  const { command, commandVersion, namespace } = inspection;
  return [
    ...(command === undefined ? [] : [`binary           ${command} (${commandVersion})`]),
    ...addressLines(inspection),
    `namespace        ${namespace}`,
    ...attributeLines(inspection),
    ...settingLines(inspection),
  ];
}

function addressLines({ address, answer }: Omit<ServerInspection, 'findings'>): string[] {
  if (address === undefined) return ['address          not running'];
  return [`address          ${address}`, `version          ${answer?.version ?? 'does not answer'}`];
}

function attributeLines({ answer }: Omit<ServerInspection, 'findings'>): string[] {
  if (!answer) return [];
  const { present, missing } = answer.searchAttributes;
  return [
    `attributes       ${present.join(', ') || 'none'}`,
    ...(missing.length === 0 ? [] : [`missing          ${missing.join(', ')}`]),
  ];
}

function settingLines({ dynamicConfig, way }: Omit<ServerInspection, 'findings'>): string[] {
  const settings = Object.entries(dynamicConfig.settings).map(([key, value]) => `  ${key}: ${value}`);
  const heading = dynamicConfig.inForce
    ? `settings         ${dynamicConfig.path}`
    : `settings         not visible from here; the server should run with ${dynamicConfig.path}`;
  const note =
    way === 'address' ? ['  (Temporal Cloud has its own settings; timers under a second are late there)'] : [];
  return [heading, ...settings, ...note];
}

function uiFinding({ uiUrl, way, address }: Omit<ServerInspection, 'findings'>): Finding {
  const part = 'Temporal UI';
  if (uiUrl !== undefined) return { status: 'ok', part, found: uiUrl };
  if (way === 'address') return { status: 'ok', part, found: "that server's own" };
  if (way === 'cli' || way === 'sdk-download') return { status: 'ok', part, found: 'comes with the server' };
  const settings = [
    `temporalGrpcAddress: "${address ?? '127.0.0.1:7233'}"`,
    'host: 127.0.0.1',
    'port: 8233',
    'enableUi: true',
    'cors: {allowOrigins: ["http://127.0.0.1:8233"]}',
  ];
  const found = 'not part of a server built with Go. Install the Temporal CLI, which brings it, or run:';
  return {
    ...{ status: 'none', part, found },
    details: [
      `go install ${uiServer} && mkdir -p ui/config`,
      `echo '{${settings.join(', ')}}' > ui/config/development.yaml`,
      '"$(go env GOPATH)/bin/server" --root ui start',
    ],
  };
}
