/** Working hours of a rule, in the time zone of the people they are about. */
export interface Hours {
  days: readonly Day[];
  /** `HH:MM`, 24 hours. `to` before `from` means over midnight; the day that counts is the one it is now. */
  from: string;
  to: string;
  /** IANA name, for example `Europe/Berlin`. */
  timeZone: string;
}

export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof days)[number];

/** Whether this is a time zone the runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

/** Whether `now` is inside, on the clock of that time zone; changes of summer time are the runtime's business. */
export function isWithin(hours: Hours, now: Date): boolean {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: hours.timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => parts.find((it) => it.type === type)?.value ?? "";
  const time = `${part("hour")}:${part("minute")}`;
  const day = part("weekday").toLowerCase();
  const inTime =
    hours.from <= hours.to ? time >= hours.from && time < hours.to : time >= hours.from || time < hours.to;
  return inTime && hours.days.some((it) => it === day);
}

/** Hours as people say them. */
export function hoursText({ days: on, from, to, timeZone }: Hours): string {
  return `${on.join(", ")} from ${from} to ${to} (${timeZone})`;
}
