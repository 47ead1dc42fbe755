/**
 * Parts of the query in owned.ts: what of a user's objects can run, so that nobody but a person may decide about
 * it (dangers 12). Each part is a SELECT of classid, objid (the owned object), blocker, what, statement.
 * `mine`: everything owned; `tables`: the tables among it. OIDs below 16384 are PostgreSQL's own objects
 * (FirstNormalObjectId, src/include/access/transam.h); members of an extension were installed by an admin.
 */

const relation = "'pg_catalog.pg_class'::pg_catalog.regclass";

/** True where this catalogue row calls a function, operator or operator class that somebody made here. */
function callsCode(classid: string, objid: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_depend callee WHERE callee.classid = ${classid} AND callee.objid = ${objid}
    AND callee.refobjid >= 16384 AND callee.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass,
      'pg_catalog.pg_operator'::pg_catalog.regclass, 'pg_catalog.pg_opclass'::pg_catalog.regclass,
      'pg_catalog.pg_opfamily'::pg_catalog.regclass)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend part WHERE part.classid = callee.refclassid AND part.objid = callee.refobjid
      AND part.deptype = 'e'))`;
}

/** Kinds that are data, unless they call code. Whatever is not listed here counts as executable. */
const dataKinds =
  "('table', 'partitioned table', 'sequence', 'type', 'schema', 'large object', 'statistics object', 'default acl')";

/** The statement with which a person ends an object; most kinds are their own keyword. */
const ending = `CASE type
    WHEN 'database' THEN 'ALTER DATABASE ' || identity || ' OWNER TO CURRENT_USER'
    WHEN 'tablespace' THEN 'ALTER TABLESPACE ' || identity || ' OWNER TO CURRENT_USER'
    WHEN 'user mapping' THEN (SELECT pg_catalog.format('DROP USER MAPPING FOR %I SERVER %I', u.usename, u.srvname)
      FROM pg_catalog.pg_user_mappings u WHERE u.umid = mine.objid)
    WHEN 'foreign-data wrapper' THEN 'DROP FOREIGN DATA WRAPPER ' || identity
    WHEN 'statistics object' THEN 'DROP STATISTICS ' || identity
    WHEN 'partitioned table' THEN 'DROP TABLE ' || identity
    ELSE 'DROP ' || pg_catalog.upper(type) || ' ' || identity END`;

export const executableSelf = `
  SELECT classid, objid, 'executable' AS blocker, type || ' ' || identity AS what, ${ending} AS statement
  FROM mine WHERE type NOT IN ${dataKinds} OR ${callsCode("mine.classid", "mine.objid")}`;

/** What hangs on a table or a domain and runs when somebody else uses it. */
export const executableParts = `
  SELECT p.classid, p.objid, 'executable', p.what, p.statement FROM (
    SELECT ${relation} AS classid, t.oid AS objid, 'trigger ' || pg_catalog.quote_ident(g.tgname) || ' on ' || t.identity AS what,
      pg_catalog.format('DROP TRIGGER %I ON %s', g.tgname, t.identity) AS statement
      FROM tables t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
    UNION ALL
    SELECT ${relation}, t.oid, 'rule ' || pg_catalog.quote_ident(r.rulename) || ' on ' || t.identity,
      pg_catalog.format('DROP RULE %I ON %s', r.rulename, t.identity)
      FROM tables t JOIN pg_catalog.pg_rewrite r ON r.ev_class = t.oid
    UNION ALL
    SELECT ${relation}, t.oid, 'policy ' || pg_catalog.quote_ident(p.polname) || ' on ' || t.identity,
      pg_catalog.format('DROP POLICY %I ON %s', p.polname, t.identity)
      FROM tables t JOIN pg_catalog.pg_policy p ON p.polrelid = t.oid
    UNION ALL
    SELECT ${relation}, t.oid, 'default of ' || pg_catalog.quote_ident(a.attname) || ' in ' || t.identity,
      pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I DROP %s', t.identity, a.attname,
        CASE a.attgenerated WHEN 's' THEN 'EXPRESSION' ELSE 'DEFAULT' END)
      FROM tables t JOIN pg_catalog.pg_attrdef d ON d.adrelid = t.oid
      JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
      WHERE ${callsCode("'pg_catalog.pg_attrdef'::pg_catalog.regclass", "d.oid")}
    UNION ALL
    SELECT ${relation}, t.oid, 'constraint ' || pg_catalog.quote_ident(c.conname) || ' on ' || t.identity,
      pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', t.identity, c.conname)
      FROM tables t JOIN pg_catalog.pg_constraint c ON c.conrelid = t.oid
      WHERE ${callsCode("'pg_catalog.pg_constraint'::pg_catalog.regclass", "c.oid")}
      -- A foreign key is checked with the rights of the tables' owners: after the move, other people's writes
      -- to the table at the other end would be refused.
      OR (c.contype = 'f' AND c.confrelid NOT IN (SELECT oid FROM tables))
    UNION ALL
    SELECT ${relation}, t.oid, 'constraint ' || pg_catalog.quote_ident(c.conname) || ' on ' || c.conrelid::pg_catalog.regclass::pg_catalog.text,
      pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::pg_catalog.regclass, c.conname)
      FROM tables t JOIN pg_catalog.pg_constraint c ON c.confrelid = t.oid AND c.conrelid NOT IN (SELECT oid FROM tables)
    UNION ALL
    SELECT ${relation}, t.oid, 'index ' || i.indexrelid::pg_catalog.regclass::pg_catalog.text,
      pg_catalog.format('DROP INDEX %s', i.indexrelid::pg_catalog.regclass)
      FROM tables t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid WHERE ${callsCode(relation, "i.indexrelid")}
    UNION ALL
    SELECT m.classid, m.objid, 'constraint ' || pg_catalog.quote_ident(c.conname) || ' on ' || m.identity,
      pg_catalog.format('ALTER DOMAIN %s DROP CONSTRAINT %I', m.identity, c.conname)
      FROM mine m JOIN pg_catalog.pg_constraint c ON c.contypid = m.objid AND m.type = 'type'
      WHERE ${callsCode("'pg_catalog.pg_constraint'::pg_catalog.regclass", "c.oid")}
  ) p`;

/** A schema in which other people's objects live: taking it away would shut them out. */
export const foreignContent = `
  SELECT m.classid, m.objid, 'object', 'schema ' || m.identity || ' with objects of others',
    'ALTER SCHEMA ' || m.identity || ' OWNER TO CURRENT_USER'
  FROM mine m WHERE m.type = 'schema' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.refclassid = m.classid AND d.refobjid = m.objid AND d.deptype = 'n'
    AND NOT EXISTS (SELECT FROM mine x WHERE x.classid = d.classid AND x.objid = d.objid))`;
