// Seconds as a figure and as words.
import { word } from "./words.js";

const two = (number) => String(number).padStart(2, "0");

export function figure(seconds) {
  const sign = seconds < 0 ? "\u2212" : "";
  const whole = Math.abs(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days) return `${sign}${word("days", { n: days })} ${two(hours)}:${two(minutes)}`;
  return hours ? `${sign}${hours}:${two(minutes)}:${two(whole % 60)}` : `${sign}${two(minutes)}:${two(whole % 60)}`;
}

export function words(seconds) {
  const whole = Math.abs(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days) return word("days", { n: days }) + (hours ? word("hours", { n: hours }) : "");
  if (hours) return word("hours", { n: hours }) + (minutes ? word("minutes_short", { n: minutes }) : "");
  return minutes ? word("minutes", { n: minutes }) : word("seconds", { n: whole });
}
