/** What is to be done so that it does not happen again, as it stands in the text of a postmortem. */
export interface PostmortemAction {
  /** `A1`, `A2` … */
  readonly id: string;
  readonly owner: string;
  readonly text: string;
  readonly done: boolean;
  /** What it may become in one step. */
  readonly make: MakeKind | undefined;
}

const makeKinds = ["monitor", "rule", "action", "gate"] as const;
export type MakeKind = (typeof makeKinds)[number];

const line = /^- \[([ xX])\] (?:(A\d+) )?@([a-z0-9][a-z0-9-]*) (.+?)(?: \((monitor|rule|action|gate)\))?\s*$/;

/** The actions of a text: list items `- [ ] A1 @owner what to do (rule)`. Items without an id have an empty one. Pure. */
export function actionsIn(markdown: string): readonly PostmortemAction[] {
  return markdown.split("\n").flatMap((text) => {
    const read = line.exec(text);
    if (read === null) return [];
    const [, mark, id, owner, what, make] = read;
    return [
      {
        id: id ?? "",
        owner: owner ?? "",
        text: what ?? "",
        done: mark !== " ",
        make: makeKinds.find((kind) => kind === make),
      },
    ];
  });
}

/** One action as its line. */
export function actionLine({ id, owner, text, done, make }: PostmortemAction): string {
  const kind = make === undefined ? "" : ` (${make})`;
  return `- [${done ? "x" : " "}] ${id === "" ? "" : `${id} `}@${owner} ${text}${kind}`;
}

/** Gives actions without an id, and those whose id stands a second time, the next free one. Pure. */
export function numberActions(markdown: string): string {
  const used = new Set<string>();
  let next = 1 + Math.max(0, ...actionsIn(markdown).map(({ id }) => Number(id.slice(1)) || 0));
  const lines = markdown.split("\n").map((text) => {
    const [action] = actionsIn(text);
    if (action === undefined) return text;
    const id = action.id === "" || used.has(action.id) ? `A${next++}` : action.id;
    used.add(id);
    return actionLine({ ...action, id });
  });
  return lines.join("\n");
}

/** The text with the actions of these ids ticked. Pure. */
export function tickActions(markdown: string, ids: ReadonlySet<string>): string {
  const lines = markdown.split("\n").map((text) => {
    const [action] = actionsIn(text);
    return action !== undefined && ids.has(action.id) ? actionLine({ ...action, done: true }) : text;
  });
  return lines.join("\n");
}
