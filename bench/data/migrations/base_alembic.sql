CREATE TABLE users (
    id BIGSERIAL NOT NULL, 
    email VARCHAR(254) NOT NULL, 
    name VARCHAR(50) NOT NULL, 
    nickname VARCHAR(30), 
    age INTEGER, 
    balance NUMERIC(10, 2) DEFAULT '0' NOT NULL, 
    status VARCHAR(20) DEFAULT 'active' NOT NULL, 
    bio TEXT, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    PRIMARY KEY (id), 
    CONSTRAINT users_email_key UNIQUE (email)
);
CREATE INDEX users_name_idx ON users (name);
CREATE TABLE tags (
    id BIGSERIAL NOT NULL, 
    label VARCHAR(40) NOT NULL, 
    PRIMARY KEY (id)
);
CREATE TABLE orders (
    id BIGSERIAL NOT NULL, 
    user_id BIGINT NOT NULL, 
    number INTEGER NOT NULL, 
    total NUMERIC(10, 2) NOT NULL, 
    note TEXT, 
    data JSONB, 
    PRIMARY KEY (id), 
    CONSTRAINT orders_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id), 
    CONSTRAINT orders_user_number_key UNIQUE (user_id, number), 
    CONSTRAINT orders_total_positive CHECK (total >= 0)
);
