/** What each login may beyond logging in, on the whole server: permissions and roles. */
export const powersStatement = `SELECT p.name AS name, d.permission_name AS power FROM sys.server_permissions d
      JOIN sys.server_principals p ON p.principal_id = d.grantee_principal_id WHERE d.state IN ('G', 'W') AND d.type <> 'COSQ'
      UNION ALL SELECT p.name, r.name FROM sys.server_role_members m
      JOIN sys.server_principals r ON r.principal_id = m.role_principal_id
      JOIN sys.server_principals p ON p.principal_id = m.member_principal_id`;
