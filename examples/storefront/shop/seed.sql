INSERT INTO products (slug, name, category, description, price, stock, picture) VALUES
    ('harbor-notebook', 'Harbor notebook', 'Notebooks', 'Sewn by hand, 192 pages of 100 g paper that takes fountain pens. Lies flat from the first page to the last.', 1850, 40, 'pictures/notebook.svg'),
    ('tide-ledger', 'Tide ledger', 'Notebooks', 'Numbered pages and an index, for those who want to find it again. Half linen, in ink blue.', 2400, 18, 'pictures/ledger.svg'),
    ('pocket-log', 'Pocket log, three of them', 'Notebooks', 'Thin enough to forget in a shirt pocket. Dotted, 48 pages each.', 990, 120, 'pictures/pocket.svg'),
    ('pilot-pen', 'Pilot boat pen', 'Writing', 'A fountain pen in brass that darkens with the years. Medium nib, takes standard cartridges.', 6900, 9, 'pictures/pen.svg'),
    ('cedar-pencils', 'Cedar pencils, a dozen', 'Writing', 'HB, unpainted, from a mill that has made them since 1912.', 1200, 75, 'pictures/pencils.svg'),
    ('lamp-black', 'Lamp black ink', 'Ink', 'Fifty milliliters of the black that our letterpress uses. Dries fast, keeps for centuries.', 1450, 32, 'pictures/black.svg'),
    ('north-sea', 'North Sea ink', 'Ink', 'A gray green with a red sheen where it pools. Fifty milliliters.', 1550, 27, 'pictures/sea.svg'),
    ('letter-set', 'Letter set', 'Paper', 'Twenty sheets and ten lined envelopes, with a deckle edge. For news that can wait a day.', 2100, 22, 'pictures/letters.svg');
INSERT INTO accounts (email, name) VALUES
    ('m.okafor@mail.example', 'Miriam Okafor'),
    ('tomas.lind@mail.example', 'Tomas Lind'),
    ('ines@bakery.example', 'Ines Duarte');
INSERT INTO orders (account, placed_at, address, status) VALUES
    (1, '2023-04-03T09:12:00+00:00', '14 Cable Street, Port Ellery', 'shipped'),
    (2, '2023-04-05T15:40:00+00:00', '3 Upper Quay, Saltby', 'shipped'),
    (1, '2023-05-11T08:02:00+00:00', '14 Cable Street, Port Ellery', 'placed'),
    (3, '2023-05-12T17:25:00+00:00', 'The Bakery, Mill Lane, Saltby', 'placed');
INSERT INTO order_lines ("order", product, quantity, price) VALUES
    (1, 1, 2, 1850), (1, 6, 1, 1450), (2, 4, 1, 6900), (3, 8, 3, 2100), (4, 3, 5, 990), (4, 5, 1, 1200);
