import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { monitorKinds } from "../packages/homeostat/src/domain/finding/finding.ts";
import { monitors } from "../packages/homeostat/src/domain/monitor/registry.ts";
import type { MonitorDefaults } from "../packages/homeostat/src/domain/monitor/settings.ts";
import {
  changeEvent,
  channelsDeclaration,
  type DeclarationDocument,
  dataContract,
  escalationPolicyDeclaration,
  oncallSection,
  outcomeEvent,
  ownersDeclaration,
  pipelineDeclaration,
  predictAnswer,
  predictionEvent,
  predictRequest,
  publicErrors,
  readSchema,
  readYaml,
  routes,
  type Schema,
  scheduleDeclaration,
  systemDeclaration,
} from "../packages/protocol/src/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const json = (path: string) => JSON.parse(read(path));

const passedOver = new Set(["node_modules", "dist", "dist-types"]);

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return passedOver.has(entry.name) || entry.name.startsWith(".") ? [] : filesBelow(path, ending);
    return ending.test(entry.name) ? [path] : [];
  });
}

const documents = filesBelow(".", /\.md$/);

/** Rows of the first table under a heading, each a list of cells without the header. */
function tableUnder(text: string, heading: string): string[][] {
  const [, after = ""] = text.split(`\n${heading}\n`);
  const lines = after.split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const rows = lines.slice(first, first + lines.slice(first).findIndex((line) => !line.startsWith("|")));
  return rows.slice(2).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Inline code, without the fences of blocks, which would turn inside into outside. */
const codesIn = (text: string): string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);

function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map((match) => match[1]!);
}

const sorted = (names: Iterable<string>): string[] => [...names].sort();

describe("the room table of ARCHITECTURE.md", () => {
  const source = "packages/homeostat/src";
  const folders = readdirSync(join(root, source), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  const rows = tableUnder(read("ARCHITECTURE.md"), `## Rooms of \`${source}\``);
  const mayImport = new Map(rows.map(([room = "", below = ""]) => [codesIn(room)[0]!, sorted(codesIn(below))]));
  const packages = ["@homeostat/protocol", "@homeostat/sdk"];

  /** What the walls of `biome.jsonc` leave open to a room. */
  function openInBiome(room: string): string[] {
    const closed = new Set<string>();
    for (const override of json("biome.jsonc").overrides) {
      if (!override.includes.some((path: string) => path.startsWith(`${source}/${room}/`))) continue;
      for (const { group } of override.linter.rules.style?.noRestrictedImports?.options?.patterns ?? [])
        for (const pattern of group) closed.add(/^(?:\.\.\/)+(\w+)\/\*\*$/.exec(pattern)?.[1] ?? pattern);
    }
    return sorted([...folders, ...packages].filter((name) => name !== room && !closed.has(name)));
  }

  function referencesOf(room: string): string[] {
    return sorted(
      json(`${source}/${room}/tsconfig.json`).references.map(({ path }: { path: string }) => {
        const target = relative(join(root, "packages"), join(root, source, room, path));
        return target.startsWith("homeostat") ? target.replace("homeostat/src/", "") : `@homeostat/${target}`;
      }),
    );
  }

  it("has a line for every folder and for nothing else, each with what it never does", () => {
    expect(sorted(mayImport.keys())).toEqual(sorted(folders));
    for (const row of rows) expect(row.filter((cell) => cell !== "")).toHaveLength(4);
  });

  it("lists the rooms from the ground up: no room may import one below its own line", () => {
    const order = [...mayImport.keys()];
    for (const [room, below] of mayImport)
      for (const name of below.filter((other) => !packages.includes(other)))
        expect(order.indexOf(name), `${room} may import ${name}`).toBeLessThan(order.indexOf(room));
  });

  it.each(folders)("says of %s what its references and the walls say", (room) => {
    expect(mayImport.get(room)).toEqual(referencesOf(room));
    expect(mayImport.get(room)).toEqual(openInBiome(room));
  });

  it("is what the compiler builds: the root references every room and every package", () => {
    const built = json("tsconfig.json").references.map(({ path }: { path: string }) => path);
    const workspaces = json("package.json").workspaces.filter((path: string) => path !== "packages/homeostat");
    expect(built).toEqual(expect.arrayContaining([...folders.map((room) => `${source}/${room}`), ...workspaces]));
    for (const path of built) expect(existsSync(join(root, path, "tsconfig.json")), path).toBe(true);
  });

  it("has walls without gaps: what a room may not import is closed at every depth that its wall knows", () => {
    for (const override of json("biome.jsonc").overrides)
      for (const { group } of override.linter.rules.style?.noRestrictedImports?.options?.patterns ?? []) {
        const depths = new Map<string, string[]>();
        for (const pattern of group as string[]) {
          const [, up, name = ""] = /^((?:\.\.\/)+)(\w+)\/\*\*$/.exec(pattern) ?? [];
          if (up === undefined) continue;
          expect(folders, override.includes.join()).toContain(name);
          depths.set(name, [...(depths.get(name) ?? []), up]);
        }
        const known = new Set([...depths.values()].flat());
        for (const [name, own] of depths)
          expect(sorted(own), `${override.includes.join()}: ${name}`).toEqual(sorted(known));
      }
  });

  it("stays a map: at most 300 lines, and every file it names exists", () => {
    const text = read("ARCHITECTURE.md");
    expect(text.split("\n").length).toBeLessThanOrEqual(300);
    const everyFile = filesBelow(".", /\.(ts|tsx|md|jsonc?|py)$/);
    const named = codesIn(text).filter((code) => /^[\w./-]+\.(ts|md|jsonc?)$/.test(code));
    expect(named.length).toBeGreaterThan(30);
    for (const name of named)
      expect(
        everyFile.some((path) => path === name || path.endsWith(`/${name}`)),
        `${name} is named and does not exist`,
      ).toBe(true);
  });

  it("names only functions and types that exist", () => {
    const sources = filesBelow("packages", /\.tsx?$/)
      .filter((path) => !path.endsWith(".test.ts"))
      .map(read)
      .join("\n");
    const named = codesIn(read("ARCHITECTURE.md")).filter((code) =>
      /^[a-z]+[A-Z]\w+$|^[A-Z][a-z]+[A-Z]\w+$/.test(code),
    );
    expect(named.length).toBeGreaterThan(15);
    for (const name of named)
      expect(new RegExp(`(function|const|interface|type|class) \\*?${name}\\b`).test(sources), name).toBe(true);
  });
});

describe("CONTRIBUTING.md", () => {
  it("names only files and folders that exist, save the ones to be written", () => {
    const rows = tableUnder(read("CONTRIBUTING.md"), "## To add …, touch exactly");
    const named = rows.flatMap(([, files = ""]) => codesIn(files)).filter((code) => /^[\w./-]+\/[\w./-]*$/.test(code));
    expect(named.length).toBeGreaterThan(20);
    for (const path of named)
      expect(
        [path, `packages/homeostat/src/${path}`, `packages/homeostat/src/store/control/${path}`].some((candidate) =>
          existsSync(join(root, candidate)),
        ),
        path,
      ).toBe(true);
  });

  it("lists commands that exist", () => {
    const scripts = Object.keys(json("package.json").scripts);
    for (const file of ["README.md", "CONTRIBUTING.md"])
      for (const [, name] of read(file).matchAll(/\bnpm run ([\w:]+)/g)) expect(scripts, file).toContain(name);
  });
});

describe("docs/dependencies.md", () => {
  const page = read("docs/dependencies.md");
  const manifests = ["package.json", ...json("package.json").workspaces.map((path: string) => `${path}/package.json`)];

  it.each(manifests)("gives every dependency of %s one reason, and names no other", (path) => {
    const manifest = json(path);
    const listed = tableUnder(page, `## \`${path}\``).map(([name = "", use = "", reason = ""]) => {
      expect(reason, name).not.toBe("");
      return `${codesIn(name)[0]} ${use}`;
    });
    expect(sorted(listed)).toEqual(
      sorted([
        ...Object.keys(manifest.dependencies ?? {}).map((name) => `${name} running`),
        ...Object.keys(manifest.devDependencies ?? {}).map((name) => `${name} development`),
      ]),
    );
  });

  it("names every override", () => {
    const listed = tableUnder(page, "## Overrides").map(([name = ""]) => codesIn(name)[0]!);
    expect(sorted(listed)).toEqual(sorted(Object.keys(json("package.json").overrides ?? {})));
  });
});

describe("docs/configuration.md", () => {
  it("names every variable that the code reads, and no other", () => {
    const sources = filesBelow("packages", /\.tsx?$/).filter((path) => path.includes("/src/"));
    const used = new Set(
      [...sources, "package.json"].flatMap((path) =>
        [...read(path).matchAll(/\bHOMEOSTAT_[A-Z_]+\b/g)].map(([name]) => name),
      ),
    );
    const named = new Set([...read("docs/configuration.md").matchAll(/\bHOMEOSTAT_[A-Z_]+\b/g)].map(([name]) => name));
    expect(sorted(named)).toEqual(sorted(used));
  });
});

describe("docs/channels.md", () => {
  it("shows channels of every kind that can be applied as they stand there", () => {
    const [shown = ""] = blocksOf(read("docs/channels.md"), "yaml").filter((block) => block.includes("kind: Channels"));
    const [document] = readYaml("channels.yaml", shown).documents;
    const declared = channelsDeclaration.parse(document?.value).channels.map(({ channel }) => channel);
    expect(sorted(declared)).toEqual([
      "alertmanager",
      "console",
      "email",
      "opsgenie",
      "pagerduty",
      "slack",
      "slack-bot",
      "webhook",
    ]);
  });
});

describe("the declarations shown in README.md", () => {
  const schemas: Readonly<Record<string, Schema<unknown>>> = {
    System: systemDeclaration,
    Pipeline: pipelineDeclaration,
    Owners: ownersDeclaration,
    DataContract: dataContract,
  };
  const shown = blocksOf(read("README.md"), "yaml").map((text) => readYaml("README.md", text));

  /** What is wrong with a declaration; a kind of its own that nobody knows is wrong as well. */
  function issuesIn(document: DeclarationDocument): readonly unknown[] {
    const schema = schemas[document.kind];
    if (schema === undefined) return [`unknown kind ${document.kind}`];
    const reading = readSchema(schema, document);
    return "issues" in reading ? reading.issues : [];
  }

  it("are YAML and pass the schemas of the protocol, one of each kind", () => {
    expect(shown.flatMap(({ issues }) => issues)).toEqual([]);
    const declarations = shown.flatMap((block) => block.documents);
    expect(sorted(declarations.map(({ kind }) => kind))).toEqual(sorted(Object.keys(schemas)));
    expect(declarations.flatMap(issuesIn)).toEqual([]);
  });

  it("agree with each other: every owner of the system is declared", () => {
    const documents = shown.flatMap((block) => block.documents);
    const system = systemDeclaration.parse(documents.find(({ kind }) => kind === "System")?.value);
    const { owners } = ownersDeclaration.parse(documents.find(({ kind }) => kind === "Owners")?.value);
    const names = owners.map((owner) => owner.name);
    for (const owner of Object.values(system.owners)) expect(names).toContain(owner);
  });

  it("are as the example writes them: its own files pass too", () => {
    for (const file of ["system.yaml", "pipeline.yaml", "owners.yaml", "contract.odcs.yaml"]) {
      const { documents, issues } = readYaml(file, read(`examples/flight-delay/${file}`));
      expect(issues, file).toEqual([]);
      expect(documents.flatMap(issuesIn), file).toEqual([]);
    }
  });
});

describe("docs/oncall.md", () => {
  it("shows people, schedules, policies and a section of a system that the protocol takes", () => {
    const [owners, schedule, policy, system] = blocksOf(read("docs/oncall.md"), "yaml").map(
      (text) => readYaml("docs/oncall.md", text).documents[0]?.value as Record<string, unknown>,
    );
    expect(ownersDeclaration.safeParse(owners).error?.issues ?? []).toEqual([]);
    expect(scheduleDeclaration.safeParse(schedule).error?.issues ?? []).toEqual([]);
    expect(escalationPolicyDeclaration.safeParse(policy).error?.issues ?? []).toEqual([]);
    expect(oncallSection.safeParse(system?.oncall).error?.issues ?? []).toEqual([]);
  });
});

describe("docs/outcomes.md", () => {
  it("shows predictions and outcomes that the protocol takes, of every task and kind", () => {
    const [predictions, outcomes] = blocksOf(read("docs/outcomes.md"), "json").map((block) =>
      block
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    );
    for (const one of predictions ?? []) expect(predictionEvent.safeParse(one).error?.issues ?? []).toEqual([]);
    for (const one of outcomes ?? []) expect(outcomeEvent.safeParse(one).error?.issues ?? []).toEqual([]);
    expect([predictions?.length, outcomes?.length]).toEqual([2, 3]);
  });
});

describe("docs/http.md", () => {
  const page = read("docs/http.md");

  it("shows bodies that the protocol takes and answers that it gives, in the order of the page", () => {
    const shapes = [
      predictRequest,
      predictAnswer,
      predictionEvent,
      routes.sendPredictions.answer,
      outcomeEvent,
      changeEvent,
    ];
    const blocks = blocksOf(page, "json");
    expect(blocks).toHaveLength(shapes.length);
    for (const [index, shape] of shapes.entries())
      expect(shape.safeParse(JSON.parse(blocks[index]!)).error?.issues ?? [], blocks[index]).toEqual([]);
  });

  it("names addresses that exist", () => {
    const known = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
    const named = [...page.matchAll(/`(GET|POST|DELETE) (\/[\w/{}.-]+)`/g)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    expect(named.length).toBeGreaterThan(8);
    for (const address of named) expect(known).toContain(address);
  });

  it("has a Python client that posts to addresses that exist", () => {
    const [script = ""] = blocksOf(page, "python");
    const paths = Object.values(routes).map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, "*")}`);
    const calls = [...script.matchAll(/call\("(\w+)", f?"([^"?]+)/g)].map(
      ([, method, path = ""]) =>
        `${method} ${path.replaceAll(/\{[^}]+\}/g, "*").replace("/systems/card-fraud/", "/systems/*/")}`,
    );
    expect(calls.length).toBeGreaterThan(4);
    for (const call of calls) expect(paths).toContain(call);
    for (const [, module] of script.matchAll(/^(?:import|from) ([\w.]+)/gm))
      expect(["json", "os", "time", "urllib.error", "urllib.request"]).toContain(module);
  });
});

describe("every document", () => {
  it("has links that lead to files", () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => join(dirname(path), match[1]!))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("has links to headings that exist", () => {
    const anchorsOf = (path: string): Set<string> =>
      new Set(
        [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
          title
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
            .replaceAll(" ", "-"),
        ),
      );
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)]+)\)/g)]
        .filter(([, file = "", anchor = ""]) => !anchorsOf(file === "" ? path : join(dirname(path), file)).has(anchor))
        .map(([link]) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("holds no path of somebody's machine and no address of a package registry", () => {
    const forbidden = [
      /(?<![\w.])\/(work|root|home|Users|tmp|var|mnt)\//,
      /\bregistry\.\w+\.|npmjs|pypi\.org|crates\.io/i,
    ];
    const found = documents.flatMap((path) =>
      read(path)
        .split("\n")
        .flatMap((line, index) => (forbidden.some((rule) => rule.test(line)) ? [`${path}:${index + 1} ${line}`] : [])),
    );
    expect(found).toEqual([]);
  });

  it("names error codes that exist", () => {
    const codes = Object.keys(publicErrors);
    for (const [, code] of read("docs/errors.md").matchAll(/^## ([\w-]+)$/gm)) expect(codes).toContain(code);
  });
});

describe("decisions", () => {
  const names = readdirSync(join(root, "docs/decisions")).sort();

  it("are numbered without gaps, and each says what was decided and why", () => {
    expect(names.map((name) => name.slice(0, 4))).toEqual(names.map((_, index) => String(index + 1).padStart(4, "0")));
    for (const name of names) {
      const text = read(`docs/decisions/${name}`);
      expect(text, name).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. `));
      expect(text, name).toMatch(/\*\*Status\*\*: (accepted|superseded by)/);
      for (const part of ["**Decision.**", "**Consequences.**"]) expect(text, name).toContain(part);
    }
  });
});

describe("README, CHANGELOG and .ci/run", () => {
  it("run the same test command", () => {
    const [first = ""] = blocksOf(read("README.md"), "sh");
    const command = first
      .split("\n")
      .map((line) => line.split("#")[0]!.trim())
      .find((line) => line.includes("npm test"));
    expect(command).toBe("npm ci && npm test");
    expect(read(".ci/run")).toContain(`{ ${command}; }`);
    expect(statSync(join(root, ".ci/run")).mode & 0o111).toBe(0o111);
  });

  it("lists every monitor that a system has by default, with its thresholds", () => {
    const rows = tableUnder(read("docs/detection.md"), "## Monitors that every system has");
    let kind = "";
    const told = new Map<string, string>();
    for (const [named = "", asks = "", from = "", windows = ""] of rows) {
      kind = named === "" ? kind : named.replaceAll("`", "");
      told.set(kind, `${told.get(kind) ?? ""} ${asks} ${from} ${windows}`);
    }
    expect([...told.keys()].sort()).toEqual([...monitorKinds].sort());
    for (const { kind: name, defaults } of Object.values(monitors))
      for (const [metric, { threshold, persistenceWindows, ...rest }] of Object.entries(
        defaults.metrics as Readonly<Record<string, MonitorDefaults["metrics"][string]>>,
      ))
        if (rest.onlyWhenDeclared !== true)
          for (const part of [`\`${metric}\``, String(threshold), String(persistenceWindows)])
            expect(told.get(name), `${name} ${metric}`).toContain(part);
  });

  it("has a heading for what is not released, and one version for all packages", () => {
    expect(read("CHANGELOG.md")).toMatch(/^## Unreleased$/m);
    const versions = json("package.json").workspaces.map((path: string) => json(`${path}/package.json`).version);
    expect(new Set(versions).size).toBe(1);
  });

  it("asks of Node and of platforms what the packages ask", () => {
    const lowest = json("package.json").engines.node.replace(">=", "");
    expect(read("README.md")).toContain(`Node ${lowest}`);
    for (const path of json("package.json").workspaces)
      expect([undefined, `>=${lowest}`], path).toContain(json(`${path}/package.json`).engines?.node);
  });

  it("accounts for every requirement from R1 to R61 once", () => {
    const rows = tableUnder(read("README.md"), "## What works and what does not yet");
    const numbers = rows.flatMap(([cell = ""]) => {
      const [, from = "0", to = from] = /^R(\d+)(?:–R(\d+))?\b/.exec(cell) ?? [];
      return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
    });
    expect(numbers).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
    for (const [row, state = ""] of rows) expect(["works", "partly", "not yet"], row).toContain(state);
  });
});
