/**
 * What the PL/SQL blocks of this folder are put together from, once and for all: no name and no value ever becomes part of
 * a text. Everything is looked up in SYS, so that nobody's object of the same name stands in for the server's own
 * (dangers 10). Each CREATE, ALTER, GRANT and DROP inside a block commits by itself.
 */

/** The server quotes it, and refuses what is no name. */
export function enquoted(bind: string): string {
  return `SYS.DBMS_ASSERT.ENQUOTE_NAME(:${bind}, FALSE)`;
}

export const user = enquoted("username");
export const password = enquoted("password");
export const groupRole = enquoted("role");
/** The marker is the name of the user's own profile (mark.ts). */
export const profile = enquoted("marker");

/** An instant as JavaScript writes it. */
export const instantFormat = `'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'`;

export function instantOf(bind: string): string {
  return `TO_TIMESTAMP(:${bind}, ${instantFormat})`;
}

/** How many there are of this name: one or none. Needs the variable `found`. */
export const findUser = "SELECT COUNT(*) INTO found FROM SYS.DBA_USERS WHERE USERNAME = :username;";

export const now = "SYS_EXTRACT_UTC(SYSTIMESTAMP)";

/** Fails (20001) where the server's own clock is past the deadline (dangers 5). */
export const refuseAfterDeadline = `IF ${now} > ${instantOf("deadline")} THEN
    RAISE_APPLICATION_ERROR(-20001, 'the deadline has passed');
  END IF;`;

/** Fails (20002) where a user of this name has another profile. Needs the variable `found`. */
export const refuseForeign = `SELECT COUNT(*) INTO found FROM SYS.DBA_USERS WHERE USERNAME = :username AND PROFILE <> :marker;
  IF found > 0 THEN
    RAISE_APPLICATION_ERROR(-20002, 'somebody else made this user');
  END IF;`;

/**
 * `locked` or `open`: the only judge of ACCOUNT_STATUS, which is words in a row, `EXPIRED & LOCKED & IN ROLLOVER` ("Oracle
 * Database Reference", DBA_USERS). LOCKED(TIMED) unlocks itself, and who has an EXPIRED password may still change it: open.
 */
export const accountState =
  "CASE WHEN ' & ' || ACCOUNT_STATUS || ' & ' LIKE '% & LOCKED & %' THEN 'locked' ELSE 'open' END";

/** Fails (20003) where the user is gone or may not log in. Needs the variable `found`. */
export const refuseUnlessLive = `SELECT COUNT(*) INTO found FROM SYS.DBA_USERS
    WHERE USERNAME = :username AND PROFILE = :marker AND ${accountState} = 'open';
  IF found = 0 THEN
    RAISE_APPLICATION_ERROR(-20003, 'the user is gone or fenced');
  END IF;`;

/**
 * Seconds from the time of the password to the expiry, as the profile counts them; what the user is older than the
 * moment is added. Needs the variables `life` and `age`.
 */
export const lifeUntilExpiry = `SELECT NVL(MAX(SYSDATE - CREATED), 0) INTO age FROM SYS.DBA_USERS WHERE USERNAME = :username;
  life := GREATEST(1, CEIL((CAST(${instantOf("expires")} AS DATE) - CAST(${now} AS DATE) + age) * 86400));`;

/** The jobs that lock the user, as rows of a loop; another admin than this one may have made them. */
export const lockJobs =
  "SELECT OWNER, JOB_NAME FROM SYS.DBA_SCHEDULER_JOBS WHERE JOB_NAME = :username AND COMMENTS = :marker";

/** The name of the loop's job. */
export const lockJob = `'"' || job.OWNER || '"."' || job.JOB_NAME || '"'`;

/**
 * The job that locks the user at its expiry, by the server itself (dangers 16): moved where it is, else made. One for a
 * moment that has passed runs at once. It stays after it has run, until the user is dropped. That of an admin before us is
 * moved too, but only one of our own counts: anybody who may make jobs could have made one that looks like it, and that
 * locks nobody. Needs the variable `found`.
 */
export const moveJob = `found := 0;
  FOR job IN (${lockJobs}) LOOP
    IF job.OWNER = SYS_CONTEXT('USERENV', 'SESSION_USER') THEN
      found := 1;
    END IF;
    SYS.DBMS_SCHEDULER.SET_ATTRIBUTE(${lockJob}, 'start_date', FROM_TZ(${instantOf("expires")}, 'UTC'));
    SYS.DBMS_SCHEDULER.ENABLE(${lockJob});
  END LOOP;
  IF found = 0 THEN
    SYS.DBMS_SCHEDULER.CREATE_JOB(job_name => ${user}, job_type => 'PLSQL_BLOCK',
      job_action => 'BEGIN EXECUTE IMMEDIATE ''ALTER USER ' || ${user} || ' ACCOUNT LOCK''; END;',
      start_date => FROM_TZ(${instantOf("expires")}, 'UTC'), enabled => TRUE, auto_drop => FALSE, comments => :marker);
  END IF;`;
