import type { VerdictState } from "@homeostat/protocol";
import type { Colors } from "./terminal.ts";

/** A verdict in words, coloured where it wants to be seen. What is not known never looks healthy. */
export function verdictText(verdict: VerdictState, colors: Colors): string {
  switch (verdict) {
    case "healthy":
      return colors.green("healthy");
    case "warning":
      return colors.yellow("warning");
    case "critical":
      return colors.red("critical");
    case "not-enough-data":
      return colors.dim("not enough data");
    case "waiting-for-labels":
      return colors.dim("waiting for outcomes");
    case "not-checked":
      return colors.dim("not checked");
  }
}
