### annotation that is a call
ALTER TABLE orders DROP COLUMN note;
ALTER TABLE users ADD COLUMN phone TEXT;
### decorated helper
ALTER TABLE orders DROP COLUMN note;
ALTER TABLE users ADD COLUMN phone TEXT;
### attempt that succeeds
ALTER TABLE orders DROP COLUMN note;
### list that is extended
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN seller;
ALTER TABLE orders DROP COLUMN note;
### else of a loop that was left
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### closure
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### global that a helper sets
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### not the main program
ALTER TABLE orders DROP COLUMN note;
ALTER TABLE users ADD COLUMN phone TEXT;
### class from elsewhere whose making drops
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE orders DROP COLUMN note;
### default of the server that is none
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE tags ADD COLUMN kind TEXT NOT NULL;
### function that a select calls
SELECT purge() AS purge_1;
### condition of a comprehension
ALTER TABLE orders DROP COLUMN note;
### revisions by unpacking
ALTER TABLE orders DROP COLUMN note;
### unique index for which no two are nothing
ALTER TABLE users ADD COLUMN phone TEXT;
CREATE UNIQUE INDEX users_phone ON users (phone) NULLS NOT DISTINCT;
### constraint from elsewhere behind a column
ALTER TABLE users ADD COLUMN phone INTEGER DEFAULT '0' CHECK (phone > 0);
### name by names from elsewhere
ALTER TABLE orders DROP COLUMN note;
### environment
ALTER TABLE orders DROP COLUMN note;
### dialect of something else
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE orders DROP COLUMN note;
### item that is set
ALTER TABLE orders ADD COLUMN seller TEXT;
ALTER TABLE orders DROP COLUMN note;
### plain helper and loop
ALTER TABLE users ADD COLUMN seen_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE orders ADD COLUMN seen_at TIMESTAMP WITH TIME ZONE;
### conditions of the dialect
CREATE INDEX users_status ON users (status);
