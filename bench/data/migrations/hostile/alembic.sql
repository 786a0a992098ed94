### default argument that is a call
ALTER TABLE orders DROP COLUMN note;
ALTER TABLE users ADD COLUMN phone TEXT;
### upgrade put into globals
ALTER TABLE orders DROP COLUMN note;
### upgrade by exec
ALTER TABLE orders DROP COLUMN note;
### returned under a condition
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### loop that counts
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN seller;
ALTER TABLE orders DROP COLUMN note;
### else of a while
ALTER TABLE orders DROP COLUMN note;
### parameter that hides a global
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### operation under another one's name
ALTER TABLE orders DROP COLUMN note;
### class whose body runs
ALTER TABLE orders DROP COLUMN note;
ALTER TABLE users ADD COLUMN phone TEXT;
### manager from elsewhere
ALTER TABLE orders DROP COLUMN note;
ALTER TABLE users ADD COLUMN phone TEXT;
### scalars that delete
DELETE FROM orders RETURNING id;
### key of a sort
ALTER TABLE orders DROP COLUMN note;
### call in a text that is formatted
ALTER TABLE orders DROP COLUMN note;
### comment with an escape
ALTER TABLE users ADD COLUMN phone TEXT;
### table that inherits
CREATE TABLE archived ( kept TEXT ) INHERITS (tags);
INSERT INTO archived (id, label) VALUES (9, 'z');
### batch that copies the table
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;
ALTER TABLE orders DROP CONSTRAINT orders_user_number_key;
ALTER TABLE orders DROP CONSTRAINT orders_total_positive;
CREATE TABLE _alembic_tmp_orders ( id BIGSERIAL NOT NULL, user_id BIGINT NOT NULL, number INTEGER NOT NULL, total NUMERIC(10, 2) NOT NULL, note TEXT, data JSONB, seller TEXT, CONSTRAINT orders_pkey PRIMARY KEY (id), CONSTRAINT orders_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT orders_user_number_key UNIQUE NULLS DISTINCT (user_id, number), CONSTRAINT orders_total_positive CHECK (total >= 0::numeric) );
INSERT INTO _alembic_tmp_orders (id, user_id, number, total, note, data) SELECT orders.id, orders.user_id, orders.number, orders.total, orders.note, orders.data FROM orders;
DROP TABLE orders;
ALTER TABLE _alembic_tmp_orders RENAME TO orders;
### spread arguments
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### text from elsewhere
ALTER TABLE orders DROP COLUMN note;
### starred target
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### alias that grows
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN seller;
ALTER TABLE orders DROP COLUMN note;
### model of its own for a new table
CREATE TABLE kinds ( id BIGSERIAL NOT NULL, kind TEXT, PRIMARY KEY (id) );
