import { describe, expect, it } from "vitest";
import { actionLine, actionsIn, numberActions, tickActions } from "./actions-in.ts";

const text = `# Postmortem
- [ ] A2 @flight-data Promise that \`origin\` is present (rule)
- [x] @ml-platform Call the vendor
- a list item that is no action
- [ ] A2 @ml-platform Written a second time`;

describe("actions of a postmortem", () => {
  it("are the list items with a box and an owner", () => {
    expect(actionsIn(text)).toEqual([
      { id: "A2", owner: "flight-data", text: "Promise that `origin` is present", done: false, make: "rule" },
      { id: "", owner: "ml-platform", text: "Call the vendor", done: true, make: undefined },
      { id: "A2", owner: "ml-platform", text: "Written a second time", done: false, make: undefined },
    ]);
  });

  it("get ids of their own, and keep those that they have", () => {
    const numbered = numberActions(text);
    expect(actionsIn(numbered).map(({ id }) => id)).toEqual(["A2", "A3", "A4"]);
    expect(numberActions(numbered)).toBe(numbered);
    expect(numbered.split("\n")[3]).toBe("- a list item that is no action");
  });

  it("are ticked by their id", () => {
    expect(actionsIn(tickActions(text, new Set(["A2"]))).map(({ done }) => done)).toEqual([true, true, true]);
    expect(tickActions(text, new Set(["A9"]))).toBe(text);
  });

  it("are written as they are read", () => {
    for (const action of actionsIn(text)) expect(actionsIn(actionLine(action))).toEqual([action]);
  });
});
