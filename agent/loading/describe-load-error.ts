import { codeFrame, fileText, type Place, placeText, readLines } from './code-frame.ts';
import { authorFrames, placeAbove } from './error-places.ts';
import { findSyntaxError } from './find-syntax-error.ts';
import type { LoadFault } from './load-fault.ts';
import { describeMissingExport } from './missing-export.ts';
import { describeMissingModule } from './missing-module.ts';

const MAX_FRAMES = 8;
const MAX_CAUSES = 3;

/** `file` is the module that was to be imported. */
export async function describeLoadError(error: unknown, file: string): Promise<string> {
  const { reason, place, frames = [] } = await faultOf(error, file);
  const isImported = place !== undefined && place.file !== file && reason.startsWith('it ');
  const sentence = isImported ? `'${fileText(place.file)}', which it imports, ${reason.slice(3)}` : reason;
  return [sentence, ...(place === undefined ? [] : [codeFrame(place)]), ...frames].join('\n');
}

async function faultOf(error: unknown, file: string): Promise<LoadFault> {
  if (!(error instanceof Error)) return { reason: `it threw '${String(error)}'; fix the module` };
  if (error.name === 'AgentDefinitionError') return { reason: lowerFirst(error.message) };
  const place = placeAbove(error.stack);
  if (place !== undefined) return (await describeMissingExport(error, place)) ?? compilerFault(error, place);
  const missing = describeMissingModule(error);
  if (missing !== undefined) return missing;
  const isThrown = authorFrames(error).length > 0;
  if (error instanceof SyntaxError && !isThrown) return syntaxFault(error, await findSyntaxError(file));
  return thrownFault(error);
}

/** What to write where Node cannot erase what TypeScript has of its own. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/enum/, "use a union of strings, or an object 'as const'"],
  [/parameter property/, 'declare the field and assign it in the constructor'],
  [/namespace|module/, 'export the parts of the namespace from a module of its own'],
  [/import equals|import =|export assignment|export =/i, "use 'import' and 'export' of ECMAScript"],
];

function compilerFault(error: Error, place: Place): LoadFault {
  const message = firstLine(error);
  if ((error as NodeJS.ErrnoException).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return syntaxFault(error, place);
  const instead = INSTEAD.find(([pattern]) => pattern.test(message))?.[1] ?? 'write it in JavaScript';
  return { reason: `it has TypeScript syntax that Node cannot erase: ${message}; ${instead}`, place };
}

function syntaxFault(error: Error, place: Place | undefined): LoadFault {
  const isDecorator = place?.column !== undefined && readLines(place.file)[place.line - 1]?.[place.column - 1] === '@';
  const reason = isDecorator
    ? 'it has a decorator, which Node cannot run; call the function instead'
    : `it has a syntax error: ${firstLine(error)}; fix the module`;
  return place === undefined ? { reason } : { reason, place };
}

function thrownFault(error: Error): LoadFault {
  const name = error.name === 'Error' ? '' : `${error.name}: `;
  const reason = `importing it failed: ${name}${firstLine(error)}${causeText(error)}; fix the module`;
  const [place, ...others] = authorFrames(error).slice(0, MAX_FRAMES);
  if (place === undefined) return { reason };
  const frames = [place, ...others].map((frame) => {
    const at = placeText(frame);
    return `    at ${frame.name === undefined ? at : `${frame.name} (${at})`}`;
  });
  return { reason, place, ...(others.length > 0 && { frames }) };
}

function causeText({ cause }: Error): string {
  const texts: string[] = [];
  for (let at = cause; at instanceof Error && texts.length < MAX_CAUSES; at = at.cause) texts.push(firstLine(at));
  return texts.length === 0 ? '' : ` (because of: ${texts.join('; ')})`;
}

function firstLine({ message }: Error): string {
  return message.trim().split('\n')[0] ?? '';
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
