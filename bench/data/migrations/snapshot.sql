SELECT id, email, name, nickname, age, balance, status, bio FROM users ORDER BY id;
SELECT id, created_at FROM users WHERE created_at < '2026-02-01' ORDER BY id;
SELECT id, user_id, number, total, note, data FROM orders ORDER BY id;
SELECT id, label FROM tags ORDER BY id;
