export interface Order {
  readonly id: string | undefined;
  readonly status: string | undefined;
  readonly item: string | undefined;
  readonly total: { readonly cents: number; readonly currency: string | undefined } | undefined;
  readonly tracking: string | undefined;
  readonly eta: string | undefined;
}

export interface Product {
  readonly name: string;
  readonly cents: number;
  readonly inStock: boolean;
}

/** A model makes do with whatever a tool returns, so fields that are missing or of another type count as absent. */
export function toOrder(value: unknown): Order {
  const fields = fieldsOf(value);
  const cents = numberIn(fields, 'total_cents');
  return {
    id: wordIn(fields, 'order_id'),
    status: wordIn(fields, 'status')?.toLowerCase(),
    item: wordIn(fields, 'item'),
    total: cents === undefined ? undefined : { cents, currency: wordIn(fields, 'currency') },
    tracking: wordIn(fields, 'tracking'),
    eta: wordIn(fields, 'eta'),
  };
}

export function toProducts(value: unknown): Product[] {
  const { products } = fieldsOf(value);
  if (!Array.isArray(products)) return [];
  return products.map(fieldsOf).map((fields) => ({
    name: wordIn(fields, 'name') ?? 'product',
    cents: numberIn(fields, 'price_cents') ?? 0,
    inStock: fields['in_stock'] !== false,
  }));
}

export function toPlace(value: unknown): string | undefined {
  return wordIn(fieldsOf(value), 'place');
}

export function toRefund(value: unknown): {
  refundId: string | undefined;
  orderId: string | undefined;
  cents: number | undefined;
} {
  const fields = fieldsOf(value);
  return {
    refundId: wordIn(fields, 'refund_id'),
    orderId: wordIn(fields, 'order_id'),
    cents: numberIn(fields, 'amount_cents'),
  };
}

export function toError(value: unknown): { kind: string; message: string } {
  const fields = fieldsOf(fieldsOf(value)['error']);
  return { kind: wordIn(fields, 'kind') ?? '', message: wordIn(fields, 'message') ?? '' };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function wordIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberIn(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
}
