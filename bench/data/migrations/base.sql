CREATE TABLE users (
    id bigserial PRIMARY KEY,
    email varchar(254) NOT NULL,
    name varchar(50) NOT NULL,
    nickname varchar(30),
    age integer,
    balance numeric(10, 2) DEFAULT 0 NOT NULL,
    status varchar(20) DEFAULT 'active' NOT NULL,
    bio text,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT users_email_key UNIQUE (email)
);
CREATE INDEX users_name_idx ON users (name);
CREATE TABLE tags (id bigserial PRIMARY KEY, label varchar(40) NOT NULL);
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    user_id bigint NOT NULL CONSTRAINT orders_user_id_fkey REFERENCES users (id),
    number integer NOT NULL,
    total numeric(10, 2) NOT NULL,
    note text,
    data jsonb,
    CONSTRAINT orders_user_number_key UNIQUE (user_id, number),
    CONSTRAINT orders_total_positive CHECK (total >= 0)
);
