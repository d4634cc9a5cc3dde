import type { OwnedArea } from "../system/system.ts";
import type { Sli } from "./slo.ts";

/** Who is told when a budget burns. */
export function areaOf(sli: Sli): OwnedArea {
  switch (sli.kind) {
    case "availability":
    case "latency":
      return "serving";
    case "freshness":
    case "drift":
      return "upstream-data";
    case "accuracy":
      return "production-performance";
    case "business":
      return "business";
  }
}
