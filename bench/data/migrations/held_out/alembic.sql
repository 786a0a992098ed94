### add nullable
ALTER TABLE users ADD COLUMN phone VARCHAR(32);
### add with python default only
ALTER TABLE users ADD COLUMN is_admin BOOLEAN NOT NULL;
### add with server default
ALTER TABLE orders ADD COLUMN paid BOOLEAN DEFAULT false NOT NULL;
### add, fill, not null
ALTER TABLE users ADD COLUMN slug VARCHAR(60);
UPDATE users SET slug = lower(name) WHERE slug IS NULL;
ALTER TABLE users ALTER COLUMN slug SET NOT NULL;
### server default, fill, drop default
ALTER TABLE tags ADD COLUMN rank INTEGER DEFAULT '0' NOT NULL;
ALTER TABLE tags ALTER COLUMN rank DROP DEFAULT;
### batch drop column
ALTER TABLE users DROP COLUMN age;
### batch add
ALTER TABLE orders ADD COLUMN weight FLOAT;
CREATE INDEX ix_orders_weight ON orders (weight);
### alter type wider
ALTER TABLE users ALTER COLUMN nickname TYPE VARCHAR(60);
### alter type narrower
ALTER TABLE users ALTER COLUMN name TYPE VARCHAR(20);
### rename column
ALTER TABLE orders RENAME note TO comment;
### create table in a loop
CREATE TABLE wallets (
    id BIGSERIAL NOT NULL, 
    user_id BIGINT NOT NULL, 
    PRIMARY KEY (id), 
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE ledgers (
    id BIGSERIAL NOT NULL, 
    user_id BIGINT NOT NULL, 
    PRIMARY KEY (id), 
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
### add in a loop over tables
ALTER TABLE users ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL;
ALTER TABLE orders ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL;
### unique constraint on a name
ALTER TABLE users ADD CONSTRAINT uq_tags_label UNIQUE (name);
### concurrent index
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_users_status ON users (status);
### drop index
DROP INDEX users_name_idx;
### drop unique constraint
ALTER TABLE users DROP CONSTRAINT users_email_key;
### connection executes
ALTER TABLE users ALTER COLUMN status DROP DEFAULT;
### drop table
DROP TABLE tags;
### enum made and used
CREATE TYPE kind AS ENUM ('a', 'b');
ALTER TABLE tags ADD COLUMN kind kind DEFAULT 'a' NOT NULL;
### rename table
ALTER TABLE orders RENAME TO purchases;
### check on old column, not valid
ALTER TABLE users ADD CONSTRAINT ck_users_age CHECK (age > 0 OR age IS NULL) NOT VALID;
### computed name
ALTER TABLE users DROP COLUMN nickname;
