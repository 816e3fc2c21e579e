/** A JSON Schema document, or part of one. */
export type JsonObject = { readonly [key: string]: unknown };
