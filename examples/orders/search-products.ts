import { defineTool } from 'legato';
import { z } from 'zod';
import { openShop } from './database.ts';

const MAX_PRODUCTS = 5;

interface ProductRow {
  readonly name: string;
  readonly price_cents: number;
  readonly in_stock: number;
}

export const searchProducts = defineTool({
  name: 'search_products',
  description: 'Searches what the shop sells, with prices and whether it is in stock',
  input: z.object({ query: z.string().describe('One or a few words, such as "desk lamp"') }),
  output: z.object({
    products: z.array(z.object({ name: z.string(), price_cents: z.int(), in_stock: z.boolean() })),
  }),
  effect: 'read',
  run: ({ query }) => {
    const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const matches = words.map(() => "instr(lower(name || ' ' || keywords), ?) > 0").join(' AND ') || 'FALSE';
    const search = openShop().prepare(
      `SELECT name, price_cents, in_stock FROM products WHERE ${matches} ORDER BY in_stock DESC, name LIMIT ${MAX_PRODUCTS}`,
    );
    const rows = search.all(...words) as unknown as ProductRow[];
    return { products: rows.map((row) => ({ ...row, in_stock: row.in_stock === 1 })) };
  },
});
