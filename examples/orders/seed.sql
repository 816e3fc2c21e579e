INSERT INTO products (id, name, keywords, price_cents, in_stock) VALUES
  (1, 'Oak desk lamp', 'lamp light lighting wood', 8900, 1),
  (2, 'Brass floor lamp', 'lamp light lighting metal', 17900, 0),
  (3, 'Walnut bookshelf', 'shelf books furniture wood', 32900, 1),
  (4, 'Wool throw blanket', 'blanket sofa textile', 6400, 1),
  (5, 'Stoneware mug set', 'mug cup kitchen coffee tea', 3800, 1),
  (6, 'Linen cushion', 'cushion pillow sofa textile', 2900, 1),
  (7, 'Cast iron pan', 'pan kitchen cooking', 5400, 0),
  (8, 'Pour-over coffee maker', 'coffee kitchen glass', 4600, 1);

INSERT INTO orders (order_id, customer, placed_at, product_id, quantity, status, tracking, tracking_state, eta) VALUES
  ('4001', 'caller', '2026-01-08T09:12:00Z', 3, 1, 'delivered', 'PX-77120', 'delivered', NULL),
  ('4002', 'caller', '2026-01-19T17:40:00Z', 5, 2, 'returned', 'PX-77415', 'returned', NULL),
  ('4003', 'ines', '2026-02-02T08:05:00Z', 1, 1, 'shipped', 'PX-78002', 'in_transit', 'Thursday'),
  ('4004', 'ines', '2026-02-03T11:30:00Z', 4, 1, 'cancelled', NULL, NULL, NULL),
  ('4005', 'jonas', '2026-02-05T20:18:00Z', 8, 1, 'processing', NULL, NULL, 'next Monday'),
  ('4006', 'jonas', '2026-02-06T07:51:00Z', 2, 1, 'shipped', 'PX-78331', 'carrier_unreachable', NULL),
  ('4007', 'mara', '2026-02-08T13:26:00Z', 6, 4, 'delivered', 'PX-78390', 'delivered', NULL),
  ('4008', 'mara', '2026-02-09T15:02:00Z', 7, 1, 'processing', NULL, NULL, 'in two weeks'),
  ('4009', 'caller', '2026-02-10T10:44:00Z', 4, 2, 'shipped', 'PX-78512', 'in_transit', 'Friday'),
  ('4010', 'caller', '2026-02-12T18:09:00Z', 1, 1, 'shipped', 'PX-78604', 'in_transit', 'tomorrow');

INSERT INTO parcels (tracking, place)
VALUES
  ('PX-78604', 'the sorting centre in Hamburg');
