"""What PostgreSQL's catalogs are asked: each query answers with one line of JSON."""

from __future__ import annotations

_MINE = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'"
_NOT_OF_EXTENSIONS = (
    "NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.objid = {0}.oid AND e.deptype = 'e'"
    " AND e.classid = '{1}'::regclass)"
)
TABLES = f"""
SELECT coalesce(jsonb_agg(t), '[]') FROM (
  SELECT c.oid::bigint AS id, n.nspname AS schema, c.relname AS relation, c.relkind = 'p' AS partitioned,
    coalesce((SELECT jsonb_agg(jsonb_build_array(ln.nspname, l.relname)) FROM pg_catalog.pg_partition_tree(c.oid) p
      JOIN pg_catalog.pg_class l ON l.oid = p.relid JOIN pg_catalog.pg_namespace ln ON ln.oid = l.relnamespace
      WHERE p.isleaf AND c.relkind = 'p'), '[]') AS leaves,
    CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(greatest(l.reltuples, 0)), 0) FROM
      pg_catalog.pg_partition_tree(c.oid) p JOIN pg_catalog.pg_class l ON l.oid = p.relid)
      ELSE greatest(c.reltuples, 0) END::bigint AS rows,
    CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(pg_catalog.pg_total_relation_size(p.relid)), 0) FROM
      pg_catalog.pg_partition_tree(c.oid) p) ELSE pg_catalog.pg_total_relation_size(c.oid) END::bigint AS bytes,
    pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {_MINE}
    AND {_NOT_OF_EXTENSIONS.format("c", "pg_catalog.pg_class")}
  ORDER BY 2, 3) t
"""  # noqa: S608  no word of it comes from outside
COLUMNS = """
SELECT coalesce(jsonb_agg(t), '[]') FROM (
  SELECT a.attrelid::bigint AS id, a.attnum::int AS number, a.attname AS name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS declared,
    e.typname AS element, e.typtype AS sort, b.typcategory = 'A' AS array,
    CASE WHEN d.typtype = 'd' THEN d.typtypmod ELSE a.atttypmod END AS modifier,
    a.attnotnull OR (d.typtype = 'd' AND d.typnotnull) AS required, a.attgenerated <> '' AS generated
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type d ON d.oid = a.atttypid
  JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END
  JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN b.typcategory = 'A' AND b.typelem <> 0 THEN b.typelem ELSE b.oid END
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  ORDER BY 1, 2) t
"""
UNIQUE = """
SELECT coalesce(jsonb_agg(t), '[]') FROM (
  SELECT i.indrelid::bigint AS id, i.indnkeyatts = 1 AS alone,
    ARRAY(SELECT x::int FROM unnest(i.indkey) WITH ORDINALITY u(x, place) WHERE u.place <= i.indnkeyatts AND x > 0
      UNION SELECT d.refobjsubid::int FROM pg_catalog.pg_depend d WHERE d.objid = i.indexrelid
        AND d.refobjid = i.indrelid AND d.refobjsubid > 0 AND i.indexprs IS NOT NULL) AS columns
  FROM pg_catalog.pg_index i WHERE i.indisunique) t
"""
LINKS = """
SELECT coalesce(jsonb_agg(t), '[]') FROM (
  SELECT k.conrelid::bigint AS child, k.confrelid::bigint AS parent, k.conkey::int[] AS columns,
    k.confkey::int[] AS of FROM pg_catalog.pg_constraint k WHERE k.contype = 'f'
  UNION ALL
  SELECT h.inhrelid::bigint, h.inhparent::bigint, array_agg(ca.attnum::int ORDER BY ca.attnum),
    array_agg(pa.attnum::int ORDER BY ca.attnum)
  FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_attribute ca ON ca.attrelid = h.inhrelid AND ca.attinhcount > 0
  JOIN pg_catalog.pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = ca.attname
  GROUP BY h.inhrelid, h.inhparent) t
"""
PARTS = f"""
SELECT coalesce(jsonb_agg(t.part ORDER BY t.part), '[]') FROM (
  SELECT 'index ' || pg_catalog.pg_get_indexdef(i.indexrelid) AS part FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE {_MINE}
  UNION ALL SELECT 'constraint ' || n.nspname || '.' || k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace WHERE {_MINE}
  UNION ALL SELECT 'trigger ' || pg_catalog.pg_get_triggerdef(g.oid) FROM pg_catalog.pg_trigger g
    WHERE NOT g.tgisinternal
  UNION ALL SELECT 'view ' || n.nspname || '.' || c.relname || ' ' || pg_catalog.pg_get_viewdef(c.oid)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND {_MINE} AND {_NOT_OF_EXTENSIONS.format("c", "pg_catalog.pg_class")}
  UNION ALL SELECT 'function ' || pg_catalog.pg_get_functiondef(p.oid)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE {_MINE} AND p.prokind <> 'a' AND {_NOT_OF_EXTENSIONS.format("p", "pg_catalog.pg_proc")}
  UNION ALL SELECT 'label ' || n.nspname || '.' || y.typname || ' ' || l.enumlabel FROM pg_catalog.pg_enum l
    JOIN pg_catalog.pg_type y ON y.oid = l.enumtypid JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace) t
"""  # noqa: S608  the same
SERVER = """
SELECT jsonb_build_object('version', current_setting('server_version'),
  'bytes', pg_catalog.pg_database_size(current_database()),
  'extensions', (SELECT coalesce(jsonb_agg(extname || ' ' || extversion ORDER BY 1), '[]')
    FROM pg_catalog.pg_extension),
  'objects', (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata),
  'database', (SELECT to_jsonb(d) FROM pg_catalog.pg_database d WHERE datname = current_database()),
  'encoding', pg_catalog.pg_encoding_to_char(
    (SELECT encoding FROM pg_catalog.pg_database WHERE datname = current_database())),
  'unpopulated', (SELECT coalesce(jsonb_agg(c.oid::regclass::text), '[]') FROM pg_catalog.pg_class c
    WHERE c.relkind = 'm' AND NOT c.relispopulated),
  'settings', (SELECT count(*) FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d
    ON d.oid = s.setdatabase WHERE d.datname = current_database()))
"""

REFRESHED = """
SELECT pg_catalog.format('REFRESH MATERIALIZED VIEW %s', c.oid::regclass) FROM pg_catalog.pg_class c
WHERE c.relkind = 'm' AND NOT c.oid::regclass::text = ANY (ARRAY[{0}]::text[]) ORDER BY c.oid
"""
