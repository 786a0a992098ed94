INSERT INTO users (email, name, nickname, age, balance, status, bio) VALUES ('ann@example.com', 'Ann', 'annie', 40, 10.25, 'active', 'hello'), ('bob@example.com', 'Bob', NULL, NULL, 0, 'active', NULL), ('cid@example.com', repeat('c', 50), repeat('i', 30), 7, -3, 'gone', 'cid');
INSERT INTO orders (user_id, number, total, note, data) VALUES (1, 1, 5, 'first', '{"b": 1, "a": 2}'), (1, 2, 7.5, NULL, NULL), (2, 1, 0, 'gift', '{"c": 1.50}');
INSERT INTO tags (label) VALUES ('red'), ('red'), ('green');
