import type { DynamicSettings } from './dynamic-config.ts';
import type { Ensured } from './ensured.ts';
import type { ServerOrigin } from './server-binary.ts';

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
