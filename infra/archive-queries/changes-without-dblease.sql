-- Changes of IAM and RDS that nobody made through dblease: put in the days.
SELECT at, name, actor.name AS actor, actor.arn AS arn, subject, address
FROM events
WHERE origin = 'cloudtrail' AND attempt.code IS NULL AND day BETWEEN '2026-11-01' AND '2026-11-30'
ORDER BY at
