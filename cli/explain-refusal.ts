import type { LegatoError } from '../client/index.ts';

/** What `legato say` was refused for, with the option that mends it in place of what a program would send. */
export function explainRefusal(refusal: LegatoError): Error {
  const { status, problem } = refusal;
  if (status === 401 && problem?.type === 'urn:legato:problem:unauthorized')
    return new Error("The API key is missing or wrong; give it by '--key', or set LEGATO_API_KEYS", { cause: refusal });
  const fields = problem?.type === 'urn:legato:problem:invalid-body' ? (problem.errors ?? []) : [];
  const missing = fields.flatMap(({ field, message }) =>
    field.startsWith('metadata.') && message.startsWith('is missing') ? [field.slice('metadata.'.length)] : [],
  );
  if (missing.length === 0) return refusal;
  const needed = missing.map((name) => `--metadata ${name}=…`).join(' ');
  return new Error(`A conversation with this agent needs metadata; give it by ${needed}`, { cause: refusal });
}
