INSERT INTO users (created_at, email, name, nickname, age, balance, status, bio) VALUES ('2026-01-02 03:04:05+00', 'ann@example.com', 'Ann', 'annie', 40, 10.25, 'active', 'hello'), ('2026-01-03 03:04:05+00', 'bob@example.com', 'Bob', NULL, NULL, 0, 'active', NULL), ('2026-01-04 03:04:05+00', 'cid@example.com', repeat('c', 50), repeat('i', 30), 7, -3, 'gone', 'cid');
INSERT INTO orders (user_id, number, total, note, data) VALUES (1, 1, 5, 'first', '{"b": 1, "a": 2}'), (1, 2, 7.5, NULL, NULL), (2, 1, 0, 'gift', '{"c": 1.50}');
INSERT INTO tags (label) VALUES ('red'), ('red'), ('green');
