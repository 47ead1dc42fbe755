-- Who read or changed a managed secret: put in its name and the days.
SELECT at, name, actor.name AS actor, actor.arn AS arn, address, attempt.code AS refused
FROM events
WHERE secret LIKE '%orders-app%' AND day BETWEEN '2026-11-01' AND '2026-11-30'
ORDER BY at
