import type { Logger } from 'pino';
import type { TurnService } from '../../service/turn-service.ts';
import type { Access } from '../access/access.ts';
import type { EventLoop } from '../../time/request-patience.ts';
import type { Readiness } from './health.ts';
import type { Pace } from './paced-writer.ts';

/** What the HTTP front end works with; the composition root fills it. */
export interface FrontEndDependencies extends Pick<Readiness, 'isWorkerRunning' | 'missing'> {
  readonly service: TurnService;
  readonly logger: Logger;
  readonly access: Access;
  /** Of the pages that may use it; `*`: all. */
  readonly corsOrigins?: readonly string[];
  /** In the text format of Prometheus. */
  readonly readMetrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Knows when the event loop of this process was held, and by what. */
  readonly loop?: EventLoop;
  readonly pace?: Partial<Pace>;
}
