/** The shape of `dblease.yaml`, field by field. The JSON schema for editors is made from it. */
import * as z from "zod";
import { durationSeconds } from "./duration.ts";
import { DbleaseError } from "./errors.ts";
import { hasAdmin } from "./has-admin.ts";
import { days, isTimeZone } from "./hours.ts";
import { isProxyId } from "./proxy-id.ts";

/** Ids go into role names of the database, so they stay short and plain; `--` is left out to keep them unambiguous. */
const id = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "write lower-case letters, digits and single hyphens, a letter first",
  );

const duration = z.string().transform((text, context) => {
  try {
    return durationSeconds(text);
  } catch (error) {
    context.addIssue({
      code: "custom",
      message: error instanceof DbleaseError ? `${error.message}; ${error.next}` : "not a duration",
    });
    return z.NEVER;
  }
});

const names = z.array(z.string().min(1)).min(1);
const privilege = z.enum(["select", "insert", "update", "delete", "truncate", "references"]);

const scope = z.strictObject({
  schemas: names,
  tables: names.optional(),
  columns: z.record(z.string(), names).optional(),
  privileges: z.array(privilege).min(1),
});

/** A secret by its ARN; only the local stack resolves `env:`. */
const secretArn = z
  .string()
  .regex(
    /^(arn:aws[a-z-]*:secretsmanager:.+|env:[A-Z_][A-Z0-9_]*)$/,
    "write a Secrets Manager ARN, or locally env:NAME",
  );

/** Tokens are signed for temporary users, or for the admin. */
function signsTokens(database: { model: string; adminUser?: string | undefined }): boolean {
  return database.model !== "native" || database.adminUser !== undefined;
}

const database = z
  .strictObject({
    engine: z.enum(["postgres", "mysql", "mariadb", "sqlserver", "oracle"]),
    instance: z.string().min(1).optional(),
    cluster: z.string().min(1).optional(),
    host: z.string().min(1).optional(),
    port: z.number().int().min(1).max(65_535).optional(),
    database: z.string().min(1),
    adminSecret: secretArn.optional(),
    /** Admin who logs in by IAM. PostgreSQL needs it where grants are by IAM: the first would lock a password out (dangers 1). */
    adminUser: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/, "write the name of a database user")
      .optional(),
    model: z.enum(["native", "iam", "prefer-iam"]).default("native"),
    /** Who signs tokens: the broker for each login, or the person with an IAM role of their own. */
    mode: z.enum(["broker", "policy"]).default("broker"),
    /** RDS Proxy through which people log in by IAM; dblease itself never does. */
    proxy: z
      .string()
      .regex(/^[A-Za-z](-?[A-Za-z0-9])*$/, "write the name of an RDS Proxy")
      .max(63)
      .optional(),
    /** RDS resource ids for which tokens may be signed: `db-...` of an instance, `cluster-...` of a cluster, `prx-...` of a proxy. */
    resourceIds: z
      .array(z.string().regex(/^(db|cluster|prx)-[A-Za-z0-9]+$/, "write db-..., cluster-... or prx-..."))
      .default([]),
    /** Logs that RDS exports to CloudWatch: dblease reads the sessions of its grants there. */
    logs: z.array(z.enum(["postgresql", "audit", "iam-db-auth-error"])).default([]),
    tls: z.union([z.literal("off"), z.strictObject({ ca: z.string().min(1) })]).optional(),
    /**
     * Oracle stores no verifier that could be made elsewhere: a person's password goes through the API, and stands in the
     * table until the user is made. Without this, only services get access there.
     */
    passwordsOverApi: z.boolean().default(false),
    /** For rules: `tag/<key>=<value>`. They stand here and not in RDS, where many more people may write. */
    tags: z.record(z.string().regex(/^[\w.:/+@-]+$/), z.string()).default({}),
    roles: z.array(id).default([]),
  })
  .refine((it) => [it.instance, it.cluster, it.host].filter(Boolean).length === 1, {
    message: "name exactly one of instance, cluster (RDS identifiers) or host",
  })
  .refine((it) => (it.host === undefined) === (it.port === undefined), {
    message: "host and port go together",
  })
  .refine((it) => hasAdmin(it) || it.roles.length === 0, {
    message:
      "name the admin: adminSecret, or adminUser for one that logs in by IAM; or leave out roles, for rotations alone",
  })
  .refine((it) => !hasAdmin(it) || it.roles.length > 0, { message: "name the roles that people may ask for" })
  .refine((it) => it.engine !== "postgres" || it.model === "native" || it.adminUser !== undefined, {
    message: "grants by IAM need an admin that logs in by IAM: name adminUser",
  })
  .refine((it) => it.mode === "broker" || it.model !== "native", {
    message: "mode: policy is for grants by IAM: write model: iam or prefer-iam",
  })
  .refine((it) => signsTokens(it) === it.resourceIds.length > 0, {
    message:
      "resourceIds go with adminUser and with grants by IAM: tokens are signed for listed RDS resource ids only",
  })
  .refine((it) => it.proxy === undefined || it.model !== "native", {
    message: "a proxy is for grants by IAM: write model: iam or prefer-iam",
  })
  .refine((it) => (it.proxy !== undefined) === it.resourceIds.some(isProxyId), {
    message: "proxy goes with its prx-... in resourceIds",
  })
  .refine((it) => it.adminUser === undefined || it.resourceIds.some((id) => !isProxyId(id)), {
    message: "adminUser goes past the proxy: list db-... or cluster-... in resourceIds, too",
  })
  .refine((it) => it.logs.length === 0 || it.host === undefined, {
    message: "logs come from RDS: name its instance or cluster, not a host",
  })
  .refine((it) => !it.logs.includes(it.engine === "postgres" ? "audit" : "postgresql"), {
    message: "the log of sessions is postgresql on PostgreSQL, and audit on MySQL and MariaDB",
  })
  .refine((it) => !signsTokens(it) || (it.host === undefined && it.tls !== "off"), {
    message: "IAM logins need an instance or cluster that RDS knows, and TLS",
  });

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write HH:MM, 24 hours");

/** A pattern for people's words; the whole text must match. */
const pattern = z.string().refine(
  (text) => {
    try {
      return Boolean(new RegExp(text, "u"));
    } catch {
      return false;
    }
  },
  { message: "not a regular expression" },
);

const hours = z.strictObject({
  days: z
    .array(z.enum(days))
    .min(1)
    .default([...days]),
  from: time,
  to: time,
  timeZone: z.string().refine(isTimeZone, { message: "no such time zone; write a name like Europe/Berlin" }),
});

const approvalStep = z.strictObject({ anyOf: names, minimum: z.number().int().min(1).default(1) });
const within = duration.default(8 * 3600);

/** One step may be written without the list. */
const approval = z
  .union([
    z.literal("none"),
    approvalStep.extend({ within }),
    z.strictObject({ steps: z.array(approvalStep).min(1), within }),
  ])
  .transform((it) => {
    if (it === "none" || "steps" in it) return it;
    const { within, ...step } = it;
    return { steps: [step], within };
  });

/** What a rule is meant to say, tried whenever the file is read. */
const example = z.strictObject({
  as: z.string().min(1),
  database: id,
  role: id,
  for: duration.optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  reason: z.string().optional(),
  ticket: z.string().optional(),
  breakGlass: z.boolean().default(false),
  iamGroups: z.array(z.string()).default([]),
  tags: z.record(z.string(), z.string()).default({}),
  expect: z.enum(["allowed", "approval", "refused"]),
});

const rule = z.strictObject({
  id,
  effect: z.enum(["allow", "deny", "break-glass"]).default("allow"),
  hours: hours.optional(),
  reason: pattern.optional(),
  ticket: pattern.optional(),
  who: names,
  databases: names,
  roles: names,
  limits: z
    .strictObject({
      /** Absent: by the database, see default-max.ts. */
      max: duration.optional(),
      default: duration.optional(),
      open: z.number().int().min(1).default(3),
      extensions: z.number().int().min(0).default(0),
    })
    .default({ open: 3, extensions: 0 }),
  approval: approval.default("none"),
  /** Of a break-glass rule: who is told at once and looks at it afterwards. */
  review: z.strictObject({ anyOf: names, within: duration.default(24 * 3600) }).optional(),
  examples: z.array(example).default([]),
});

/** `iam-user/<name>` is resolved to the user's unique id on deploy; `role/<name>/<session>` needs a name-enforcing role. */
const principal = z
  .string()
  .regex(
    /^(AIDA[A-Z0-9]+|iam-user\/[\w+=,.@-]+|session\/[\w+=,.@-]+)$/,
    "write iam-user/<name>, a unique id (AIDA...) or session/<session name of a name-enforcing role>",
  );

/** Found in the account when the app is synthesized; every tag must fit. */
const byTags = z.strictObject({
  tags: z.record(z.string().min(1), z.string()).refine((it) => Object.keys(it).length > 0, {
    message: "name at least one tag",
  }),
});

function ids(prefix: string) {
  const id = z.string().regex(new RegExp(`^${prefix}-[0-9a-f]+$`), `write an id (${prefix}-...) or tags`);
  return z.union([z.array(id).min(1), byTags]);
}

/** Where the engine functions stand; without it they are outside any VPC, as on the local stack. */
const network = z.strictObject({
  vpc: z.union([z.string().regex(/^vpc-[0-9a-f]+$/, "write an id (vpc-...) or tags"), byTags]),
  subnets: ids("subnet"),
  securityGroups: ids("sg"),
  /** What the deploy makes of the two ways out that the functions need; left out where they are there already. */
  endpoints: z
    .strictObject({
      dynamodb: z.strictObject({ routeTables: ids("rtb") }).optional(),
      secretsManager: z.literal("create").optional(),
    })
    .optional(),
});

/** How the stack is made; the functions do not read it. */
const deployment = z.strictObject({
  /** ARN of the policy that bounds every role of the stack. */
  permissionsBoundary: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:policy\/.+$/, "write the ARN of a managed policy")
    .optional(),
  /** What encrypts table, logs, topics and queues; without it, keys of AWS's own. */
  key: z
    .union([z.literal("create"), z.string().regex(/^arn:aws[a-z-]*:kms:[^:]+:\d{12}:key\/.+$/)], {
      error: "write create, or the ARN of a KMS key",
    })
    .optional(),
});

/** Where `AccessRequested` events may come from. */
const eventSource = z.strictObject({
  source: z
    .string()
    .regex(
      /^(?!aws\.|dblease$)[\w./@-]{1,128}$/,
      "write the source of the events, as it stands in them; not aws.* and not dblease",
    ),
  /** Services for which this source may ask without a person; for persons every source may make drafts. */
  services: z.array(id).default([]),
});

/** A program that gets grants by events. Rules name it `service/<id>`. */
const service = z.strictObject({
  role: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
      "write the ARN of the IAM role that alone may read the password",
    ),
});

/**
 * Rules of Secrets Manager: a rate is 4 hours at least, 999 days at most; a window 1 hour at least and shorter than that.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
const schedule = z
  .string()
  .regex(
    /^(rate\((([4-9]|[1-9]\d{1,2}) hours|1 day|([2-9]|[1-9]\d{1,2}) days)\)|cron\(\S+( \S+){5}\))$/,
    "write rate(4 hours) to rate(999 days), or cron(...) with six fields",
  );

/** Access beside dblease that is meant to be: no finding. */
const explained = z.union(
  [
    z.strictObject({
      database: id,
      /** Name of a database user. */
      user: z.string().min(1),
      because: z.string().min(1),
    }),
    z.strictObject({
      /** By its name without its path; `*` stands for any characters. */
      principal: z
        .string()
        .regex(/^(user|role|group)\/[\w+=,.@*-]+$/, "write user/<name>, role/<name> or group/<name>"),
      because: z.string().min(1),
    }),
  ],
  { error: "write database, user and because, or principal and because" },
);

const rotation = z.strictObject({
  database: id,
  /** What the application reads. */
  secret: secretArn,
  /** The database user of the application; a secret that names another one is refused. */
  user: z.string().min(1),
  /** Absent: by the engine, see default-strategy.ts. */
  strategy: z.enum(["single-user", "alternating-users"]).optional(),
  schedule,
  window: z
    .string()
    .regex(/^([1-9]|1\d|2[0-4])h$/, "write 1h to 24h")
    .optional(),
  /** How long the version before works on after a run; absent: until the next run. */
  grace: duration.optional(),
});

/** Every audit event in a bucket, for years, with a digest for each day. */
const archive = z
  .strictObject({
    /** Object Lock: for so long nobody deletes or overwrites anything there. */
    keep: duration.optional(),
    /** `compliance`: nobody at all; `governance`: nobody without s3:BypassGovernanceRetention. */
    lock: z.enum(["governance", "compliance"]).optional(),
  })
  .refine((it) => (it.keep === undefined) === (it.lock === undefined), {
    message: "keep and lock go together: how long, and for whom even administrators are locked out",
  });

export const configSchema = z.strictObject({
  network: network.optional(),
  deployment: deployment.optional(),
  archive: archive.optional(),
  persons: z.record(z.string().regex(/^[a-z][\w.@-]*$/), z.array(principal).min(1)).default({}),
  groups: z.record(id, names).default({}),
  /** IAM roles whose trust policy fixes the session name; Identity Center's roles need not be listed. */
  nameEnforcingRoles: names.optional(),
  /** Keys of IAM tags that people cannot set on themselves; only these may stand in `tag/<key>=<value>`. */
  trustedTags: names.optional(),
  admins: names.optional(),
  auditors: names.optional(),
  events: z.array(eventSource).default([]),
  services: z.record(id, service).default({}),
  roles: z.record(id, z.array(scope).min(1)).default({}),
  databases: z.record(id, database),
  rules: z.array(rule).default([]),
  rotations: z.record(id, rotation).default({}),
  explained: z.array(explained).optional(),
});
