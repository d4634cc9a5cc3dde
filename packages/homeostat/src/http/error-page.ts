import { type PublicErrorCode, publicErrors } from "@homeostat/protocol";
import { type FaultCode, faults } from "../domain/fault.ts";
import { faultAnswers } from "./answer-fault.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

function faultsBehind(code: PublicErrorCode): readonly string[] {
  return (Object.keys(faults) as FaultCode[])
    .filter((fault) => faultAnswers[fault].code === code)
    .map((fault) => {
      const { retryAfterSeconds } = faultAnswers[fault];
      const wait = retryAfterSeconds === undefined ? "" : ` (\`Retry-After: ${retryAfterSeconds}\`)`;
      return `- \`${fault}\`: ${faults[fault].message.replaceAll(/\{(\w+)\}/g, "‹$1›")}${wait}`;
    });
}

function section(code: PublicErrorCode): string {
  const { status, title, next } = publicErrors[code];
  const behind = faultsBehind(code);
  const causes = behind.length === 0 ? [] : ["", "Faults of the server that are answered so:", "", ...behind];
  return [`## ${code}`, "", `**${status}** ${title}. ${next}`, ...causes].join("\n");
}

/**
 * The text of `docs/errors.md`: every public code with its status, meaning and next step, and the faults behind it. Made
 * from the two catalogues and the bridge between them, so it cannot say anything else than the server does.
 */
export function errorPage(): string {
  const codes = Object.keys(publicErrors) as PublicErrorCode[];
  const rows = codes.map((code) => {
    const { status, title, next } = publicErrors[code];
    return `| [\`${code}\`](#${code}) | ${status} | ${cell(title)} | ${cell(next)} |`;
  });
  return [
    "# Errors",
    "",
    "Every refusal is a problem document of RFC 9457 (`application/problem+json`). Its `code` is stable: programs may rely",
    "on it. `detail` says what happened this time, `next` what to do, `requestId` is the one in the server's log, and",
    "`issues` names each wrong field or row: `path` (a field path, or `file:line:column` in declarations), `expected`,",
    "`found`. Answers with status 429 and 503 carry `Retry-After` in seconds.",
    "",
    "This page is made from the catalogues in the code; a test keeps them equal.",
    "",
    "| code | status | meaning | what to do next |",
    "|---|---|---|---|",
    ...rows,
    "",
    codes.map(section).join("\n\n"),
    "",
  ].join("\n");
}
