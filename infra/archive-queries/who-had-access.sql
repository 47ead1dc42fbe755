-- Who had access to a database in a month: put in its id and the days.
SELECT grantid, subject AS requester, facts['role'] AS role, facts['rule'] AS rule,
  MIN(CASE WHEN name = 'GrantActivated' THEN at END) AS from_at,
  MAX(CASE WHEN name = 'GrantRevoked' THEN at END) AS until_at
FROM events
WHERE database = 'orders' AND day BETWEEN '2026-11-01' AND '2026-11-30' AND origin = 'dblease'
GROUP BY grantid, subject, facts['role'], facts['rule']
HAVING MIN(CASE WHEN name = 'GrantActivated' THEN at END) IS NOT NULL
ORDER BY from_at
