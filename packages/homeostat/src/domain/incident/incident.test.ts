import { describe, expect, it } from "vitest";
import { transition } from "./incident.ts";

const acknowledge = { kind: "acknowledge", by: "ann" } as const;
const resolve = { kind: "resolve", by: "ann" } as const;

describe("what people do to an incident", () => {
  it("moves it from open to acknowledged to resolved", () => {
    expect(transition("open", acknowledge)).toEqual({ kind: "moved", state: "acknowledged" });
    expect(transition("acknowledged", resolve)).toEqual({ kind: "moved", state: "resolved" });
    expect(transition("open", resolve)).toEqual({ kind: "moved", state: "resolved" });
  });

  it("is refused with the reason when it was done before", () => {
    expect(transition("acknowledged", acknowledge)).toEqual({ kind: "refused", reason: "already-acknowledged" });
    expect(transition("resolved", resolve)).toEqual({ kind: "refused", reason: "already-resolved" });
    expect(transition("resolved", acknowledge)).toEqual({ kind: "refused", reason: "already-resolved" });
  });
});
