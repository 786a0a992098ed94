### create index not concurrently
CREATE INDEX ix_orders_number ON orders (number);
### unique index
CREATE UNIQUE INDEX ix_tags_label ON tags (label);
### foreign key on new column
ALTER TABLE orders ADD COLUMN tag_id BIGINT;
ALTER TABLE orders ADD CONSTRAINT fk_orders_tag FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE SET NULL;
### column with key in it
ALTER TABLE tags ADD COLUMN owner_id BIGINT;
ALTER TABLE tags ADD FOREIGN KEY(owner_id) REFERENCES users (id);
### not null at once
ALTER TABLE tags ADD COLUMN color VARCHAR(8) NOT NULL;
### to nullable
ALTER TABLE orders ALTER COLUMN total DROP NOT NULL;
### to not null
ALTER TABLE users ALTER COLUMN age SET NOT NULL;
### integer to big integer
ALTER TABLE orders ALTER COLUMN number TYPE BIGINT;
### string to text
ALTER TABLE users ALTER COLUMN status TYPE TEXT;
### integer to string with using
ALTER TABLE users ALTER COLUMN age TYPE VARCHAR(10) USING age::varchar;
### helper of its own
ALTER TABLE users ADD COLUMN theme VARCHAR(12);
ALTER TABLE orders ADD COLUMN gift BOOLEAN DEFAULT false NOT NULL;
### dialect asked
CREATE EXTENSION IF NOT EXISTS pg_trgm;
### table drops and creates
CREATE TABLE temp_notes (
    id SERIAL NOT NULL, 
    body TEXT, 
    PRIMARY KEY (id)
);
ALTER TABLE temp_notes ADD COLUMN title VARCHAR(80) NOT NULL;
ALTER TABLE temp_notes ADD CONSTRAINT uq_temp_notes_title UNIQUE (title);
### drop check
ALTER TABLE orders DROP CONSTRAINT orders_total_positive;
### drop index concurrently
DROP INDEX CONCURRENTLY users_name_idx;
### bulk insert into new table
CREATE TABLE kinds (
    id SERIAL NOT NULL, 
    name VARCHAR(20) NOT NULL, 
    PRIMARY KEY (id)
);
INSERT INTO kinds (id, name) VALUES (1, 'a');
INSERT INTO kinds (id, name) VALUES (2, 'b');
### batch of several
ALTER TABLE users ADD COLUMN confirmed BOOLEAN;
ALTER TABLE users ALTER COLUMN nickname SET NOT NULL;
### json column with default
ALTER TABLE users ADD COLUMN settings JSONB DEFAULT '{}'::jsonb NOT NULL;
### uuid with volatile default
ALTER TABLE tags ADD COLUMN uid UUID DEFAULT gen_random_uuid() NOT NULL;
### drop default
ALTER TABLE users ALTER COLUMN balance DROP DEFAULT;
### multi-line sql
ALTER TABLE users ADD COLUMN plan text;
        UPDATE users SET plan = 'free' WHERE plan IS NULL;
        ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'free';
        ALTER TABLE users ALTER COLUMN plan SET NOT NULL;;
### sql of a data fix
UPDATE orders SET note = '' WHERE note IS NULL;
