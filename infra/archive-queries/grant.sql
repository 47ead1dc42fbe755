-- The whole life of one grant: put in its id.
SELECT at, origin, name, actor.name AS actor, address, facts
FROM events
WHERE grantid = '000000000000'
ORDER BY at
