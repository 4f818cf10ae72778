import { fullTime, timeOfDay } from "../core/format.ts";
import "./Time.css";

export function Time({ at }: { at: number }) {
  return (
    <time className="time" dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {timeOfDay(at)}
    </time>
  );
}
