CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  keywords TEXT NOT NULL,
  price_cents INTEGER NOT NULL,
  in_stock INTEGER NOT NULL
) STRICT;

-- tracking_state 'carrier_unreachable' stands for a carrier whose system does not answer.
CREATE TABLE orders (
  order_id TEXT PRIMARY KEY,
  customer TEXT NOT NULL,
  placed_at TEXT NOT NULL,
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('processing', 'shipped', 'delivered', 'cancelled', 'returned')),
  tracking TEXT,
  tracking_state TEXT,
  eta TEXT
) STRICT;

CREATE TABLE parcels (
  tracking TEXT PRIMARY KEY,
  place TEXT NOT NULL
) STRICT;

CREATE TABLE refunds (
  refund_id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE REFERENCES orders (order_id),
  amount_cents INTEGER NOT NULL,
  reason TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
