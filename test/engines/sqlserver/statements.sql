ALTER AUTHORIZATION ON SCHEMA :: [x] TO [x]
  -- antlr4ts-sql

ALTER LOGIN [x] DISABLE
  -- antlr4ts-sql, ShardingSphere

ALTER LOGIN [x] WITH PASSWORD = 0xAB HASHED
  -- antlr4ts-sql, ShardingSphere

ALTER LOGIN [x] WITH PASSWORD = N'x'
  -- antlr4ts-sql, ShardingSphere

ALTER ROLE [x] ADD MEMBER [x]
  -- antlr4ts-sql, ShardingSphere

ALTER ROLE [x] DROP MEMBER [x]
  -- antlr4ts-sql, ShardingSphere

ALTER SERVER ROLE [x] DROP MEMBER [x]
  -- antlr4ts-sql

BEGIN TRANSACTION
  -- antlr4ts-sql, ShardingSphere

COMMIT TRANSACTION
  -- antlr4ts-sql, ShardingSphere

CREATE LOGIN [x] WITH PASSWORD = 0xAB HASHED , SID = 0xAB , DEFAULT_DATABASE = [x] , CHECK_EXPIRATION = OFF , CHECK_POLICY = OFF
  -- antlr4ts-sql, ShardingSphere

CREATE LOGIN [x] WITH PASSWORD = N'x' , DEFAULT_DATABASE = [x]
  -- antlr4ts-sql, ShardingSphere

CREATE ROLE [x]
  -- antlr4ts-sql, ShardingSphere

CREATE USER [x] FOR LOGIN [x]
  -- antlr4ts-sql, ShardingSphere

DENY CONNECT SQL TO [x]
  -- ShardingSphere

DENY SELECT ( [x] ) ON OBJECT :: [x].[x] TO [x] CASCADE
  -- ShardingSphere

DENY VIEW ANY DATABASE TO [x] CASCADE
  -- ShardingSphere

DROP LOGIN [x]
  -- antlr4ts-sql, ShardingSphere

DROP USER [x]
  -- antlr4ts-sql, ShardingSphere

EXEC msdb.dbo.sp_update_job @job_name = N'x' , @enabled = 1
  -- antlr4ts-sql

EXEC sys.sp_addextendedproperty @name = N'x' , @value = N'x' , @level0type = N'x' , @level0name = N'x'
  -- antlr4ts-sql

EXEC sys.sp_updateextendedproperty @name = N'x' , @value = N'x' , @level0type = N'x' , @level0name = N'x'
  -- antlr4ts-sql

GRANT DELETE ON OBJECT :: [x].[x] TO [x]
  -- ShardingSphere

GRANT EXECUTE ON SCHEMA :: [x] TO [x] WITH GRANT OPTION
  -- ShardingSphere

GRANT INSERT ON OBJECT :: [x].[x] TO [x]
  -- ShardingSphere

GRANT SELECT ( [x] ) ON OBJECT :: [x].[x] TO [x]
  -- ShardingSphere

GRANT SELECT ON OBJECT :: [x].[x] TO [x]
  -- ShardingSphere

GRANT SELECT ON SCHEMA :: [x] TO [x]
  -- ShardingSphere

GRANT UPDATE ON OBJECT :: [x].[x] TO [x]
  -- ShardingSphere

IF ERROR_NUMBER ( ) <> 1 SELECT 1
  -- antlr4ts-sql

IF ERROR_NUMBER ( ) IN ( 1 , 1 ) SELECT 1
  -- antlr4ts-sql

IF EXISTS ( SELECT 1 FROM sys.database_principals WHERE name = N'x' AND sid = 0xAB ) SELECT 1
  -- antlr4ts-sql

IF EXISTS ( SELECT 1 FROM sys.extended_properties e JOIN sys.database_principals p ON p.principal_id = e.major_id WHERE e.class = 1 AND e.name = N'x' AND p.name = N'x' ) SELECT 1
  -- antlr4ts-sql

IF EXISTS ( SELECT 1 FROM sys.server_principals WHERE name = N'x' AND ( sid IS NULL OR sid <> 0xAB ) ) OR EXISTS ( SELECT 1 FROM [x].sys.database_principals WHERE name = N'x' AND ( sid IS NULL OR sid <> 0xAB ) ) SELECT 1
  -- antlr4ts-sql

IF EXISTS ( SELECT 1 FROM sys.server_principals WHERE name = N'x' AND sid <> 0xAB ) SELECT 1
  -- antlr4ts-sql

IF EXISTS ( SELECT 1 FROM sys.server_principals WHERE name = N'x' AND sid = 0xAB ) SELECT 1
  -- antlr4ts-sql

IF HAS_PERMS_BY_NAME ( N'x' , N'x' , N'x' ) = 1 SELECT 1
  -- antlr4ts-sql

IF NOT EXISTS ( SELECT 1 FROM [x].sys.database_principals WHERE name = N'x' AND type = N'x' ) SELECT 1
  -- antlr4ts-sql

IF NOT EXISTS ( SELECT 1 FROM sys.database_principals WHERE name = N'x' ) SELECT 1
  -- antlr4ts-sql

IF NOT EXISTS ( SELECT 1 FROM sys.server_principals WHERE name = N'x' ) SELECT 1
  -- antlr4ts-sql

IF SYSUTCDATETIME ( ) > N'x' SELECT 1
  -- antlr4ts-sql

IF SYSUTCDATETIME ( ) >= N'x' SELECT 1
  -- antlr4ts-sql

KILL 1
  -- antlr4ts-sql

REVOKE CONNECT FROM [x]
  -- ShardingSphere

REVOKE CREATE TABLE FROM [x] CASCADE
  -- ShardingSphere

REVOKE DELETE ON OBJECT :: [x].[x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE DELETE ON SCHEMA :: [x] FROM [x] CASCADE AS [x]
  -- ShardingSphere

REVOKE EXECUTE ON SCHEMA :: [x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE IMPERSONATE ON LOGIN :: [x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE IMPERSONATE ON USER :: [x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE SELECT ( [x] ) ON OBJECT :: [x].[x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE SELECT ON OBJECT :: [x].[x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE SELECT ON SCHEMA :: [x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE UPDATE ( [x] ) ON OBJECT :: [x].[x] FROM [x] CASCADE
  -- ShardingSphere

REVOKE UPDATE ( [x] ) ON OBJECT :: [x].[x] FROM [x] CASCADE AS [x]
  -- ShardingSphere

REVOKE VIEW SERVER STATE FROM [x] CASCADE
  -- ShardingSphere

SELECT CONVERT ( nvarchar ( 1 ) , SERVERPROPERTY ( N'x' ) ) AS version
  -- antlr4ts-sql, ShardingSphere

SELECT HAS_PERMS_BY_NAME ( NULL , NULL , N'x' ) AS p0 , HAS_PERMS_BY_NAME ( NULL , NULL , N'x' ) AS p1 , HAS_PERMS_BY_NAME ( NULL , NULL , N'x' ) AS p2 , HAS_PERMS_BY_NAME ( NULL , NULL , N'x' ) AS p3 , ORIGINAL_LOGIN ( ) AS admin
  -- antlr4ts-sql, ShardingSphere

SELECT IS_SRVROLEMEMBER ( N'x' ) AS sysadmin , HAS_PERMS_BY_NAME ( N'x' , N'x' , N'x' ) AS controls , HAS_PERMS_BY_NAME ( N'x' , N'x' , N'x' ) AS jobs
  -- antlr4ts-sql, ShardingSphere

SELECT N'x' AS kind , r.name AS name FROM sys.server_principals r JOIN sys.server_principals u ON u.principal_id = r.owning_principal_id AND u.sid = 0xAB UNION ALL SELECT N'x' , e.name FROM sys.endpoints e JOIN sys.server_principals u ON u.principal_id = e.principal_id AND u.sid = 0xAB UNION ALL SELECT N'x' , t.name FROM sys.server_triggers t JOIN sys.server_sql_modules x ON x.object_id = t.object_id JOIN sys.server_principals u ON u.principal_id = x.execute_as_principal_id AND u.sid = 0xAB
  -- antlr4ts-sql, ShardingSphere

SELECT N'x' AS kind , s.name AS home , s.name AS name , 1 AS plain , 1 AS itself FROM [x].sys.schemas s JOIN [x].sys.database_principals u ON u.principal_id = s.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT o.type , s.name , o.name , CASE WHEN o.type IN ( N'x' , N'x' , N'x' ) AND NOT EXISTS ( SELECT 1 FROM [x].sys.sql_expression_dependencies e JOIN [x].sys.objects c ON c.object_id = e.referencing_id WHERE c.object_id = o.object_id OR c.parent_object_id = o.object_id ) THEN 1 ELSE 1 END , CASE WHEN o.principal_id IS NULL THEN 1 ELSE 1 END FROM [x].sys.objects o JOIN [x].sys.schemas s ON s.schema_id = o.schema_id JOIN [x].sys.database_principals u ON u.principal_id = COALESCE ( o.principal_id , s.principal_id ) AND u.sid = 0xAB AND u.principal_id <> 1 WHERE o.parent_object_id = 1 OR o.type = N'x' UNION ALL SELECT N'x' , s.name , o.name , 1 , 1 FROM [x].sys.sql_modules x JOIN [x].sys.objects o ON o.object_id = x.object_id JOIN [x].sys.schemas s ON s.schema_id = o.schema_id JOIN [x].sys.database_principals u ON u.principal_id = x.execute_as_principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , t.name , 1 , 1 FROM [x].sys.sql_modules x JOIN [x].sys.triggers t ON t.object_id = x.object_id AND t.parent_class = 1 JOIN [x].sys.database_principals u ON u.principal_id = x.execute_as_principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , s.name , q.name , 1 , 1 FROM [x].sys.service_queues q JOIN [x].sys.schemas s ON s.schema_id = q.schema_id JOIN [x].sys.database_principals u ON u.principal_id = q.execute_as_principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT CASE WHEN r.type = N'x' THEN N'x' ELSE N'x' END , N'x' , r.name , 1 , 1 FROM [x].sys.database_principals r JOIN [x].sys.database_principals u ON u.principal_id = r.owning_principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , s.name , t.name , 1 , 1 FROM [x].sys.types t JOIN [x].sys.schemas s ON s.schema_id = t.schema_id JOIN [x].sys.database_principals u ON u.principal_id = t.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.assemblies a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.certificates a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.asymmetric_keys a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.symmetric_keys a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.services a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.service_contracts a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.service_message_types a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.routes a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.remote_service_bindings a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1 UNION ALL SELECT N'x' , N'x' , a.name COLLATE DATABASE_DEFAULT , 1 , 1 FROM [x].sys.fulltext_catalogs a JOIN [x].sys.database_principals u ON u.principal_id = a.principal_id AND u.sid = 0xAB AND u.principal_id <> 1
  -- antlr4ts-sql

SELECT create_date AS created FROM sys.server_principals WHERE name = N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT d.permission_name AS name FROM sys.server_permissions d JOIN sys.server_principals u ON u.principal_id = d.grantee_principal_id WHERE u.name = N'x' AND d.state = N'x' AND d.class = 1 AND d.type <> N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT d.permission_name AS name FROM sys.server_permissions d JOIN sys.server_principals u ON u.principal_id = d.grantee_principal_id WHERE u.name = N'x' AND d.state IN ( N'x' , N'x' ) AND d.type <> N'x' UNION ALL SELECT r.name FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id JOIN sys.server_principals u ON u.principal_id = m.member_principal_id WHERE u.name = N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT d.permission_name AS permission , d.class_desc AS class , t.name AS target , t.type AS kind , e.name AS endpoint FROM sys.server_permissions d JOIN sys.server_principals u ON u.principal_id = d.grantee_principal_id AND u.sid = 0xAB LEFT JOIN sys.server_principals t ON d.class = 1 AND t.principal_id = d.major_id LEFT JOIN sys.endpoints e ON d.class = 1 AND e.endpoint_id = d.major_id WHERE d.state IN ( N'x' , N'x' ) AND d.type <> N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT g.name AS grantee , d.permission_name AS permission , s.name AS home , o.name AS object , c.name AS col FROM [x].sys.database_permissions d JOIN [x].sys.database_principals g ON g.principal_id = d.grantee_principal_id LEFT JOIN [x].sys.objects o ON d.class = 1 AND o.object_id = d.major_id JOIN [x].sys.schemas s ON s.schema_id = CASE WHEN d.class = 1 THEN d.major_id ELSE o.schema_id END LEFT JOIN [x].sys.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id JOIN [x].sys.database_principals u ON u.principal_id = COALESCE ( o.principal_id , s.principal_id ) AND u.sid = 0xAB WHERE d.class IN ( 1 , 1 ) AND d.state IN ( N'x' , N'x' )
  -- antlr4ts-sql, ShardingSphere

SELECT g.name AS role , d.class_desc AS class , d.permission_name AS permission , s.name AS home , o.name AS object , c.name AS col FROM [x].sys.database_permissions d JOIN [x].sys.database_principals g ON g.principal_id = d.grantee_principal_id AND g.name IN ( N'x' , N'x' , N'x' , NULL ) LEFT JOIN [x].sys.objects o ON d.class = 1 AND o.object_id = d.major_id LEFT JOIN [x].sys.schemas s ON s.schema_id = CASE WHEN d.class = 1 THEN d.major_id ELSE o.schema_id END LEFT JOIN [x].sys.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id WHERE d.state IN ( N'x' , N'x' )
  -- antlr4ts-sql, ShardingSphere

SELECT g.name AS role , u.name AS member FROM [x].sys.database_role_members m JOIN [x].sys.database_principals u ON u.principal_id = m.member_principal_id JOIN [x].sys.database_principals g ON g.principal_id = m.role_principal_id AND g.name IN ( N'x' , N'x' , N'x' , NULL )
  -- antlr4ts-sql, ShardingSphere

SELECT name , CASE WHEN sid = 0xAB THEN 1 ELSE 1 END AS marked , CASE WHEN principal_id = 1 THEN 1 ELSE 1 END AS dbo FROM [x].sys.database_principals WHERE sid = 0xAB OR name = N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT name , CASE WHEN sid = 0xAB THEN 1 ELSE 1 END AS marked , CASE WHEN principal_id = 1 THEN 1 ELSE 1 END AS dbo FROM [x].sys.database_principals WHERE sid = 0xAB OR name = N'x' OR principal_id IN ( SELECT e.major_id FROM [x].sys.extended_properties e WHERE e.class = 1 AND e.name = N'x' AND LEFT ( CONVERT ( nvarchar ( 1 ) , e.value ) , 1 ) = N'x' )
  -- antlr4ts-sql

SELECT name , CASE WHEN sid = 0xAB THEN 1 ELSE 1 END AS marked , is_disabled AS disabled , create_date AS created FROM sys.server_principals WHERE name = N'x' OR sid = 0xAB
  -- antlr4ts-sql, ShardingSphere

SELECT name , enabled FROM msdb.dbo.sysjobs WHERE owner_sid = 0xAB
  -- antlr4ts-sql, ShardingSphere

SELECT name , sid , CASE WHEN name = ORIGINAL_LOGIN ( ) THEN 1 ELSE 1 END AS admin FROM sys.server_principals p WHERE type IN ( N'x' , N'x' , N'x' , N'x' , N'x' ) AND is_disabled = 1 AND NOT EXISTS ( SELECT 1 FROM sys.server_permissions d WHERE d.grantee_principal_id = p.principal_id AND d.type = N'x' AND d.state = N'x' ) ORDER BY name
  -- antlr4ts-sql, ShardingSphere

SELECT name , sid , create_date AS created , authentication_type AS kind FROM [x].sys.database_principals WHERE type = N'x' AND ( ( LEFT ( name , 1 ) = N'x' AND LEN ( name ) = 1 ) OR principal_id IN ( SELECT m.member_principal_id FROM [x].sys.database_role_members m JOIN [x].sys.database_principals r ON r.principal_id = m.role_principal_id WHERE r.name IN ( N'x' , NULL ) ) )
  -- antlr4ts-sql

SELECT name , sid , create_date AS created , is_disabled AS disabled FROM sys.server_principals WHERE type = N'x' AND ( ( LEFT ( name , 1 ) = N'x' AND LEN ( name ) = 1 ) OR sid IN ( SELECT p.sid FROM [x].sys.database_role_members m JOIN [x].sys.database_principals r ON r.principal_id = m.role_principal_id JOIN [x].sys.database_principals p ON p.principal_id = m.member_principal_id WHERE r.name IN ( N'x' , NULL ) ) )
  -- antlr4ts-sql

SELECT name , sid FROM [x].sys.database_principals WHERE authentication_type = 1 ORDER BY name
  -- antlr4ts-sql, ShardingSphere

SELECT name , type AS kind FROM [x].sys.database_principals WHERE name IN ( N'x' , N'x' , N'x' , NULL )
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM [x].sys.schemas WHERE name IN ( N'x' , N'x' , NULL )
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM [x].sys.schemas WHERE name IN ( N'x' , NULL )
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM [x].sys.triggers WHERE parent_class = 1 AND is_disabled = 1
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM sys.databases WHERE ( state <> 1 OR HAS_DBACCESS ( name ) = 1 ) AND name <> N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM sys.databases WHERE 1 = 1
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM sys.databases WHERE owner_sid = 0xAB
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM sys.databases WHERE state = 1 AND HAS_DBACCESS ( name ) = 1
  -- antlr4ts-sql, ShardingSphere

SELECT name FROM sys.databases WHERE state = 1 AND HAS_DBACCESS ( name ) = 1 AND containment <> 1
  -- antlr4ts-sql

SELECT p.name AS name , CONVERT ( nvarchar ( 1 ) , e.value ) AS note FROM [x].sys.extended_properties e JOIN [x].sys.database_principals p ON p.principal_id = e.major_id WHERE e.class = 1 AND e.name = N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT p.name AS name , d.permission_name AS power FROM sys.server_permissions d JOIN sys.server_principals p ON p.principal_id = d.grantee_principal_id WHERE d.state IN ( N'x' , N'x' ) AND d.type <> N'x' UNION ALL SELECT p.name , r.name FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id JOIN sys.server_principals p ON p.principal_id = m.member_principal_id
  -- antlr4ts-sql, ShardingSphere

SELECT p.name AS name , r.name AS role FROM [x].sys.database_role_members m JOIN [x].sys.database_principals r ON r.principal_id = m.role_principal_id JOIN [x].sys.database_principals p ON p.principal_id = m.member_principal_id
  -- antlr4ts-sql, ShardingSphere

SELECT r.name AS name FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id JOIN sys.server_principals u ON u.principal_id = m.member_principal_id AND u.sid = 0xAB
  -- antlr4ts-sql, ShardingSphere

SELECT r.name AS role , g.name AS member FROM [x].sys.database_role_members m JOIN [x].sys.database_principals r ON r.principal_id = m.role_principal_id JOIN [x].sys.database_principals g ON g.principal_id = m.member_principal_id AND g.name IN ( N'x' , N'x' , N'x' , NULL )
  -- antlr4ts-sql, ShardingSphere

SELECT s.name AS home , o.name AS tab , c.name AS col FROM [x].sys.objects o JOIN [x].sys.schemas s ON s.schema_id = o.schema_id JOIN [x].sys.columns c ON c.object_id = o.object_id WHERE o.type IN ( N'x' , N'x' ) AND s.name IN ( N'x' , NULL )
  -- antlr4ts-sql, ShardingSphere

SELECT s.name AS home , o.name AS tab , c.name AS col FROM [x].sys.objects o JOIN [x].sys.schemas s ON s.schema_id = o.schema_id JOIN [x].sys.columns c ON c.object_id = o.object_id WHERE o.type IN ( N'x' , N'x' ) AND s.name IN ( NULL )
  -- antlr4ts-sql, ShardingSphere

SELECT s.original_login_name AS username , s.session_id AS id , c.client_net_address AS address , s.program_name AS application , s.login_time AS started FROM sys.dm_exec_sessions s LEFT JOIN sys.dm_exec_connections c ON c.session_id = s.session_id WHERE LEFT ( s.original_login_name , 1 ) = N'x' AND LEN ( s.original_login_name ) = 1
  -- antlr4ts-sql

SELECT s.original_security_id AS sid , COUNT ( * ) AS sessions , COUNT ( DISTINCT c.client_net_address ) AS addresses FROM sys.dm_exec_sessions s LEFT JOIN sys.dm_exec_connections c ON c.session_id = s.session_id GROUP BY s.original_security_id
  -- antlr4ts-sql, ShardingSphere

SELECT s.session_id AS id , CASE WHEN s.original_login_name = N'x' OR s.original_security_id = 0xAB OR s.login_name = N'x' OR s.security_id = 0xAB THEN N'x' ELSE N'x' END AS kind , c.client_net_address AS address , s.program_name AS application , s.login_time AS started FROM sys.dm_exec_sessions s LEFT JOIN sys.dm_exec_connections c ON c.session_id = s.session_id WHERE s.session_id <> @@SPID AND ( s.original_login_name = N'x' OR s.original_security_id = 0xAB OR s.login_name = N'x' OR s.security_id = 0xAB OR ( s.original_login_name = ORIGINAL_LOGIN ( ) AND s.program_name = N'x' ) )
  -- antlr4ts-sql, ShardingSphere

SELECT sid , default_database_name AS home , CASE WHEN name = ORIGINAL_LOGIN ( ) THEN 1 ELSE 1 END AS isAdmin FROM sys.server_principals WHERE name = N'x' AND type = N'x'
  -- antlr4ts-sql, ShardingSphere

SELECT u.name AS holder , d.class_desc AS class , d.permission_name AS permission , d.state AS state , s.name AS home , o.name AS object , c.name AS col , t.name AS target , t.type AS kind FROM [x].sys.database_permissions d JOIN [x].sys.database_principals u ON u.principal_id = d.grantee_principal_id AND u.sid = 0xAB AND u.principal_id <> 1 LEFT JOIN [x].sys.objects o ON d.class = 1 AND o.object_id = d.major_id LEFT JOIN [x].sys.schemas s ON s.schema_id = CASE WHEN d.class = 1 THEN d.major_id ELSE o.schema_id END LEFT JOIN [x].sys.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id LEFT JOIN [x].sys.database_principals t ON d.class = 1 AND t.principal_id = d.major_id WHERE d.state IN ( N'x' , N'x' , N'x' ) AND NOT ( d.class = 1 AND d.type = N'x' AND d.state <> N'x' )
  -- antlr4ts-sql, ShardingSphere

SELECT u.name AS holder , g.name AS grantee , d.class_desc AS class , d.permission_name AS permission , d.state AS state , s.name AS home , o.name AS object , c.name AS col , t.name AS target , t.type AS kind FROM [x].sys.database_permissions d JOIN [x].sys.database_principals u ON u.principal_id = d.grantor_principal_id AND u.sid = 0xAB AND u.principal_id <> 1 JOIN [x].sys.database_principals g ON g.principal_id = d.grantee_principal_id AND g.principal_id <> u.principal_id LEFT JOIN [x].sys.objects o ON d.class = 1 AND o.object_id = d.major_id LEFT JOIN [x].sys.schemas s ON s.schema_id = CASE WHEN d.class = 1 THEN d.major_id ELSE o.schema_id END LEFT JOIN [x].sys.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id LEFT JOIN [x].sys.database_principals t ON d.class = 1 AND t.principal_id = d.major_id WHERE COALESCE ( o.principal_id , s.principal_id , 1 ) <> u.principal_id
  -- antlr4ts-sql, ShardingSphere

SELECT u.name AS holder , r.name AS role FROM [x].sys.database_role_members m JOIN [x].sys.database_principals r ON r.principal_id = m.role_principal_id JOIN [x].sys.database_principals u ON u.principal_id = m.member_principal_id AND u.sid = 0xAB AND u.principal_id <> 1
  -- antlr4ts-sql, ShardingSphere

SET IMPLICIT_TRANSACTIONS OFF
  -- antlr4ts-sql, ShardingSphere

SET LOCK_TIMEOUT 1
  -- antlr4ts-sql

SET NOCOUNT ON
  -- antlr4ts-sql

SET ROWCOUNT 1
  -- antlr4ts-sql

SET XACT_ABORT ON
  -- antlr4ts-sql

THROW
  -- antlr4ts-sql

THROW 1 , N'x' , 1
  -- antlr4ts-sql

USE [x]
  -- antlr4ts-sql
