import type { ProblemDetails } from '../../contract/http.ts';

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
  /** Last part of `type`: what programs tell problems apart by. */
  readonly slug: string;
  readonly extras: ProblemExtras;

  constructor(kind: { status: number; slug: string }, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.status = kind.status;
    this.slug = kind.slug;
    this.extras = extras;
  }

  /** The body of the response, RFC 9457. */
  toDocument(): ProblemDetails {
    const { errors } = this.extras;
    return {
      type: `urn:legato:problem:${this.slug}`,
      title: titles[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      ...(errors && { errors: [...errors] }),
    };
  }
}
