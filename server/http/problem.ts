import type { ProblemDetails } from '../../contract/http.ts';
import { problemKinds, type ProblemSlug, problemType } from './problem-kinds.ts';

/** What a problem says beside its detail: fields of the document, and headers of the response. */
interface ProblemExtras {
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content too large',
  415: 'Unsupported media type',
  500: 'Internal error',
  503: 'Unavailable',
};

/** A refused request. Its message is the `detail` that the client reads. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly slug: ProblemSlug;
  readonly extras: ProblemExtras;

  constructor(slug: ProblemSlug, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.status = problemKinds[slug].status;
    this.slug = slug;
    this.extras = extras;
  }

  /** The body of the response, RFC 9457. */
  toDocument(): ProblemDetails {
    const { errors } = this.extras;
    return {
      type: problemType(this.slug),
      title: titles[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      ...(errors && { errors: [...errors] }),
    };
  }
}
