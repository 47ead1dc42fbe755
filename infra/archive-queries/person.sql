-- Everything that a person did and that was done to them: put in the person and the days.
SELECT at, origin, name, actor.name AS actor, database, grantid, address, attempt.code AS refused
FROM events
WHERE (actor.name = 'rita' OR subject = 'rita') AND day BETWEEN '2026-11-01' AND '2026-11-30'
ORDER BY at
