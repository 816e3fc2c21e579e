import { ProblemDetails } from '../contract/http.ts';

/** A call that Legato refused, or an answer that was not Legato's. */
export class LegatoError extends Error {
  override readonly name = 'LegatoError';
  /** HTTP status. */
  readonly status: number;
  /** The server's description, if there is one. Programs tell problems apart by its `type`. */
  readonly problem: ProblemDetails | undefined;
  /** When to try again, if the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(response: Response, problem: ProblemDetails | undefined) {
    super(problem?.detail ?? `The server at ${response.url} answered ${response.status}, and not in Legato's format`);
    this.status = response.status;
    this.problem = problem;
    const seconds = Number(response.headers.get('Retry-After') ?? NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  }
}

export async function toLegatoError(response: Response): Promise<LegatoError> {
  const text = await response.text();
  try {
    return new LegatoError(response, ProblemDetails.parse(JSON.parse(text)));
  } catch {
    // A proxy's page and not a problem: only the status is known.
    return new LegatoError(response, undefined);
  }
}
