import type { Instant } from "../src/grant.ts";

const two = (value: number) => String(value).padStart(2, "0");

/** A length of time as a person says it: `45 s`, `29 min`, `1 h 05 min`, `3 d 4 h`. Rounded down, never below zero. */
export function timeText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  // Under ten minutes the seconds matter to someone who is working against them.
  if (minutes < 10 && seconds % 60 > 0) return `${minutes} min ${two(seconds % 60)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 > 0 ? `${hours} h ${two(minutes % 60)} min` : `${hours} h`;
  return hours % 24 > 0 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`;
}

export function timeLeft(until: Instant, now: Date): string {
  return timeText(Date.parse(until) - now.getTime());
}

/** Local time of day, with the date where it is not today. */
export function clockTime(instant: Instant, now: Date): string {
  const at = new Date(instant);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
