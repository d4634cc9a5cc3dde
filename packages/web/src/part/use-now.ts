import { useEffect, useState } from "react";

const tickMs = 30_000;

/** The time of day, told anew every half minute: "3 min ago" must not stand still. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}
