// What Temporal UI shows of a turn is markdown, and its server passes raw HTML on. No schema library here: workflow code imports this file.

/** Markup wherever it stands: of CommonMark, and the tables, formulas and `{…}` templates of Temporal UI. */
const MARKUP = /[\\`*_[\]<>{}|~&$^]/g;
/** A colon that would make a link of a bare address. */
const ADDRESS = /:(?=\/\/)|(?<=\bmailto):/gi;
/** Headings, lists and definitions, at the beginning of a line. */
const OPENING = /^([#+\-:]|\d{1,9}(?=[.)]))/;

/** Somebody's words as one line of markdown that shows exactly these words, or the first so many characters of them. */
export function escapeMarkdown(text: string, maxCharacters = Infinity): string {
  const line = text.toWellFormed().replace(/\s+/g, ' ').trim();
  const escaped = shorten(line, maxCharacters).replace(MARKUP, '\\$&').replace(ADDRESS, '\\:');
  return escaped.replace(OPENING, (opening) => (/\d/.test(opening) ? `${opening}\\` : `\\${opening}`));
}

/** Never between the halves of a character. */
function shorten(line: string, maxCharacters: number): string {
  if (line.length <= maxCharacters) return line;
  return `${line.slice(0, maxCharacters).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
