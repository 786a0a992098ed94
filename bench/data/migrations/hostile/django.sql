### base class from elsewhere
ALTER TABLE orders DROP COLUMN note;
### class under a condition
ALTER TABLE "orders" DROP COLUMN "note" CASCADE;
### operation that is put in its place
ALTER TABLE "orders" DROP COLUMN "note" CASCADE;
### noop from elsewhere
ALTER TABLE orders DROP COLUMN note;
### default of the database that is an expression
ALTER TABLE "tags" ADD COLUMN "kind" integer DEFAULT (('x')::text) NOT NULL;
### managed again by other options
ALTER TABLE "orders" DROP COLUMN "note" CASCADE;
### index of another class
ALTER TABLE orders DROP COLUMN note;
### operation of its own
ALTER TABLE orders DROP COLUMN note;
### operations by a function from elsewhere
ALTER TABLE orders DROP COLUMN note;
### operations from globals
ALTER TABLE "orders" DROP COLUMN "note" CASCADE;
### field without a transaction
ALTER TABLE "users" ADD COLUMN "phone" text NULL;
