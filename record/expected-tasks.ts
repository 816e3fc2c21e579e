import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { LRUCache } from 'lru-cache';

/** Longer than a workflow task may take: after that Temporal gives it to another process. */
const KEEP_MS = 15_000;
const RETRY_MS = 20;
const AT_ONCE = 50;

/**
 * The workflows that were started, signalled or ended from here: Temporal gives their next task to a
 * worker of this process. A worker that stops with such a task on its way drops it, and the workflow waits ten seconds.
 */
export class ExpectedTasks {
  readonly #client: Client;
  readonly #workflows = new LRUCache<string, true>({ max: 10_000, ttl: KEEP_MS });

  constructor(client: Client) {
    this.#client = client;
  }

  expect(workflowId: string): void {
    this.#workflows.set(workflowId, true);
  }

  /**
   * Resolves when all of these tasks are done, but for those of workflows that are left to others, or after `patienceMs`, or when Temporal is
   * away. Never rejects.
   */
  async done(patienceMs: number, isLeft: (workflowId: string) => boolean = () => false): Promise<void> {
    const untilMs = performance.now() + patienceMs;
    let open = [...this.#workflows.keys()].filter((workflowId) => !isLeft(workflowId));
    while (open.length > 0 && performance.now() < untilMs) {
      try {
        open = await this.#stillOpen(open, Date.now() + patienceMs);
      } catch {
        return; // Temporal is unreachable: it hands out no tasks
      }
      if (open.length > 0) await delay(RETRY_MS);
    }
  }

  async #stillOpen(workflows: readonly string[], deadline: number): Promise<string[]> {
    const open: string[] = [];
    for (let from = 0; from < workflows.length; from += AT_ONCE) {
      const some = workflows.slice(from, from + AT_ONCE);
      const states = await this.#client.withDeadline(deadline, () => Promise.all(some.map((id) => this.#hasTask(id))));
      open.push(...some.filter((_, index) => states[index]));
    }
    return open;
  }

  /** A step that is ending is as good as a task: its end makes one. */
  async #hasTask(workflowId: string): Promise<boolean> {
    try {
      const { status, raw } = await this.#client.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING' && Boolean(raw.pendingWorkflowTask ?? raw.pendingActivities?.length);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }
}
