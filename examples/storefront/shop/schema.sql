CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT,  -- NULL: orders by post, and cannot log in
    is_admin INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    description TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price > 0),  -- in cents
    stock INTEGER NOT NULL CHECK (stock >= 0),
    picture TEXT NOT NULL  -- below /static/
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id),
    placed_at TEXT NOT NULL,
    address TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('placed', 'shipped'))
);
CREATE TABLE order_lines (
    "order" INTEGER NOT NULL REFERENCES orders (id),
    product INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price INTEGER NOT NULL,  -- of one, in cents, on the day of the order
    PRIMARY KEY ("order", product)
);
CREATE INDEX orders_by_account ON orders (account);
