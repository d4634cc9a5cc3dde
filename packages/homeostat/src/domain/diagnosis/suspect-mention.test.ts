import { describe, expect, it } from "vitest";
import { mentionOf } from "./suspect-mention.ts";

const words = {
  slice: [
    { dimension: "origin", value: "LAX" },
    { dimension: "device_group", value: "b" },
  ],
  otherValues: [
    { dimension: "origin", value: "ORD" },
    { dimension: "device_group", value: "a" },
  ],
  features: ["departure_hour", "departure"],
  otherFeatures: ["distance"],
};
const of = (title: string, component = "source:feed") => mentionOf({ title, component }, words);

describe("what a change says of itself", () => {
  it.each([
    ["Time zone fix for LAX", "slice"],
    ["time zone fix (lax, sfo)", "slice"],
    ["LAXATIVE adverts removed", "nothing"],
    ["Gates renumbered at ORD", "other"],
    ["New format of departure", "feature"],
    ["new format of departure hour", "feature"],
    ["distance in kilometres", "other"],
    ["Nightly refresh", "nothing"],
  ])("%s: %s", (title, mention) => {
    expect(of(title)).toBe(mention);
  });

  it("takes a value of one letter for named only beside the name of its dimension", () => {
    expect(of("plan b goes live")).toBe("nothing");
    expect(of("firmware 2.1 for device group B")).toBe("slice");
    expect(of("firmware 2.1", "device_group:b")).toBe("slice");
    expect(of("firmware 2.1", "device_group:a")).toBe("other");
  });

  it("reads the component as well as the title", () => {
    expect(of("version 4", "job:etl/departure")).toBe("feature");
  });
});
