/** What a price is in where a result does not say. */
const DEFAULT_CURRENCY = 'EUR';
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  USD: ['dollar', 'dollars'],
  EUR: ['euro', 'euros'],
  GBP: ['pound', 'pounds'],
};

/** `4250` → `42 euros 50` */
export function sayPrice(cents: number, currency = DEFAULT_CURRENCY): string {
  const whole = Math.floor(cents / 100);
  const rest = Math.round(cents % 100);
  const [one, many] = UNITS[currency.toUpperCase()] ?? [currency, currency];
  return `${whole} ${whole === 1 ? one : many}${rest === 0 ? '' : ` ${String(rest).padStart(2, '0')}`}`;
}

/** `2025-11-25` → `on Tuesday, November 25`, `Friday` → `on Friday`; anything else is said as it stands. */
export function sayWhen(text: string): string {
  if (/^\w+day$/i.test(text) && !/^today$/i.test(text)) return `on ${text}`;
  const date = new Date(/^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return text;
  return `on ${date.toLocaleDateString('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' })}`;
}

/** `Oak desk lamp` → `oak desk lamp`, as it stands in mid-sentence. */
export function sayItem(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
