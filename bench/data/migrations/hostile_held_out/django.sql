### second class of the name
ALTER TABLE "orders" DROP COLUMN "note" CASCADE;
### code that runs when it is loaded
ALTER TABLE orders DROP COLUMN note;
### apply from elsewhere
ALTER TABLE orders DROP COLUMN note;
### database operations from elsewhere
ALTER TABLE orders DROP COLUMN note;
### default of the database from elsewhere
ALTER TABLE "tags" ADD COLUMN "kind" integer DEFAULT 1 NOT NULL;
ALTER TABLE "tags" ALTER COLUMN "kind" DROP DEFAULT;
### constraint of another class
ALTER TABLE "tags" ADD COLUMN "kind" integer NULL;
ALTER TABLE orders DROP COLUMN note;
### unique for which no two are nothing
ALTER TABLE "tags" ADD COLUMN "kind" integer NULL;
ALTER TABLE "tags" ADD CONSTRAINT "tags_kind" UNIQUE NULLS NOT DISTINCT ("kind");
### extension of any name
CREATE EXTENSION IF NOT EXISTS "intarray";
ALTER TABLE "orders" DROP COLUMN "note" CASCADE;
### operations that are changed afterwards
ALTER TABLE "users" ADD COLUMN "phone" text NULL;
ALTER TABLE "orders" DROP COLUMN "note" CASCADE;
### adding with a default of the program
ALTER TABLE "tags" ADD COLUMN "kind" integer DEFAULT 1 NOT NULL;
ALTER TABLE "tags" ALTER COLUMN "kind" DROP DEFAULT;
### state and database apart
ALTER TABLE users ADD COLUMN phone text;
