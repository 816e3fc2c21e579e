import { z } from 'zod';

/** A text of at most `max` characters as JSON Schema counts them, which is by code point: JavaScript counts an emoji twice. */
export function textOfAtMost(max: number): z.ZodString {
  return z
    .string()
    .refine((text) => charactersOf(text) <= max, {
      error: ({ input }) => `is ${charactersOf(String(input))} characters long, over the limit of ${max}; shorten it`,
    })
    .meta({ maxLength: max });
}

/** Finds a text where it stands by itself, and not within a word or a number. `flags` beside `g` and `u`. */
export function standingAlone(text: string, flags = ''): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(text)}(?![\\p{L}\\p{N}])`, `gu${flags}`);
}

function charactersOf(text: string): number {
  return [...text].length;
}
