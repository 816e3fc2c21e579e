import type { DynamicSettings } from '../dynamic-config.ts';
import type { Ensured } from '../readiness/ensured.ts';
import type { ServerOrigin } from '../binary/server-binary.ts';
import { waysOut } from '../settings.ts';

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
  lines: string[];
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
export function toInspectionLines(inspection: Omit<ServerInspection, 'lines'>): string[] {
  const { way, command, commandVersion, namespace, problems } = inspection;
  return [
    `Temporal server    ${ways[way]}`,
    ...(command === undefined ? [] : [`  binary           ${command} (${commandVersion})`]),
    ...addressLines(inspection),
    `  namespace        ${namespace}`,
    ...attributeLines(inspection),
    ...settingLines(inspection),
    ...uiLines(inspection),
    ...problems.map((problem) => `Problem: ${problem}`),
    ...(way === 'none' ? waysOut.split('\n') : []),
  ];
}

function addressLines({ address, answer }: Omit<ServerInspection, 'lines'>): string[] {
  if (address === undefined) return ['  address          not running'];
  return [`  address          ${address}`, `  version          ${answer?.version ?? 'does not answer'}`];
}

function attributeLines({ answer }: Omit<ServerInspection, 'lines'>): string[] {
  if (!answer) return [];
  const { present, missing } = answer.searchAttributes;
  return [
    `  attributes       ${present.join(', ') || 'none'}`,
    ...(missing.length === 0 ? [] : [`  missing          ${missing.join(', ')}`]),
  ];
}

function settingLines({ dynamicConfig, way }: Omit<ServerInspection, 'lines'>): string[] {
  const settings = Object.entries(dynamicConfig.settings).map(([key, value]) => `    ${key}: ${value}`);
  const heading = dynamicConfig.inForce
    ? `  settings         ${dynamicConfig.path}`
    : `  settings         not visible from here; the server should run with ${dynamicConfig.path}`;
  const note =
    way === 'address' ? ['    (Temporal Cloud has its own settings; timers under a second are late there)'] : [];
  return [heading, ...settings, ...note];
}

function uiLines({ uiUrl, way, address }: Omit<ServerInspection, 'lines'>): string[] {
  if (uiUrl !== undefined) return [`Temporal UI        ${uiUrl}`];
  if (way === 'address') return ["Temporal UI        that server's own"];
  if (way === 'cli' || way === 'sdk-download') return ['Temporal UI        comes with the server'];
  const settings = [
    `temporalGrpcAddress: "${address ?? '127.0.0.1:7233'}"`,
    'host: 127.0.0.1',
    'port: 8233',
    'enableUi: true',
    'cors: {allowOrigins: ["http://127.0.0.1:8233"]}',
  ];
  return [
    'Temporal UI        not part of a server built with Go. Install the Temporal CLI, which brings it, or run:',
    `  go install ${uiServer} && mkdir -p ui/config`,
    `  echo '{${settings.join(', ')}}' > ui/config/development.yaml`,
    '  "$(go env GOPATH)/bin/server" --root ui start',
  ];
}
