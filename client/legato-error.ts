import { ProblemDetails } from '../contract/http.ts';

/** A call that Legato turned down, or an answer that was not Legato's. */
export class LegatoError extends Error {
  override readonly name = 'LegatoError';
  /** HTTP status. */
  readonly status: number;
  /** As the server describes it, where it did. `type` is what programs tell problems apart by. */
  readonly problem: ProblemDetails | undefined;
  /** When trying again may help, where the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(response: Response, problem: ProblemDetails | undefined) {
    super(problem?.detail ?? `The server at ${response.url} answered ${response.status}, and not as Legato does`);
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
    // A proxy's page instead of a problem: the status is all there is to know.
    return new LegatoError(response, undefined);
  }
}
