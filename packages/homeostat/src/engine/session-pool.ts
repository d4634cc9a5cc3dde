import { Session } from "chdb";
import type { ChildOptions, Credential } from "./child-options.ts";
import { sqlName, sqlString } from "./quote-sql.ts";

/** One chDB session: it runs one statement at a time. */
export interface Lane {
  readonly id: number;
  readonly role: LaneRole;
  session: Session;
  busy: boolean;
  /** Settings of the last request, still set on the session. */
  settings: ReadonlyMap<string, string>;
  /** What the lane waits for before its next statement: a cancellation under way must not hit the wrong one. */
  settling: Promise<unknown> | undefined;
}

export type LaneRole = "general" | "write" | "quick" | "expressions" | "quickExpressions";

/** What a statement needs, in order of preference. */
export interface LaneRequest {
  readonly credential: Credential;
  readonly writes: boolean;
  readonly brief: boolean;
  readonly readonly: boolean;
}

interface Waiting {
  readonly roles: readonly LaneRole[];
  take(lane: Lane): void;
}

/** In quick lanes nothing may run longer, whatever the caller asked for: that is what keeps them free. */
const quickLimitSeconds = 2;
const defaultLimitSeconds = 600;
const expressionsLimitSeconds = 60;

/**
 * The pool of sessions on one data directory.
 *
 * Reads take a general lane, inserts a write lane or else a general one, statements fixed at `readonly=1` an
 * expressions lane. Brief statements take a quick lane first, in which `max_execution_time` is bounded, so that a
 * long query can never keep the short ones waiting. First come, first served within a kind.
 */
export class SessionPool {
  readonly #options: ChildOptions;
  readonly #path: string;
  readonly #connectionArguments: readonly string[];
  readonly #lanes: Lane[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #control: Session;

  constructor(options: ChildOptions, path: string, connectionArguments: readonly string[]) {
    this.#options = options;
    this.#path = path;
    this.#connectionArguments = connectionArguments;
    this.#control = this.#open();
  }

  /** Creates the database and opens every lane. @throws what the engine says when the directory cannot be used. */
  async prepare(): Promise<void> {
    await this.#control.queryAsync(`CREATE DATABASE IF NOT EXISTS ${sqlName(this.#options.database)} ENGINE = Atomic`);
    for (const [role, count] of Object.entries(this.#options.lanes) as [LaneRole, number][]) {
      for (let n = 0; n < count; n++) {
        const id = this.#lanes.length;
        const session = await this.#sessionFor(role, id, new Map());
        this.#lanes.push({ id, role, session, busy: false, settings: new Map(), settling: undefined });
      }
    }
  }

  /** The catalogue's answer to a question of our own, outside the lanes. */
  async ask(sql: string): Promise<string> {
    return (await this.#control.queryAsync(sql, { format: "TabSeparatedRaw" })).text();
  }

  /** Waits for a lane, runs the work in it and frees it again. */
  async within<T>(request: LaneRequest, work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.#acquire(rolesFor(request));
    try {
      await lane.settling;
      return await work(lane);
    } catch (thrown) {
      await this.#recover(lane);
      throw thrown;
    } finally {
      this.#release(lane);
    }
  }

  /**
   * The text that puts the settings of a request in force on a lane. Readonly lanes get a new session instead, since
   * nothing can be set on the old one. Settings are kept until a request comes with others: mostly none is needed.
   */
  async prefixFor(lane: Lane, wanted: ReadonlyMap<string, string>): Promise<string> {
    if (sameSettings(lane.settings, wanted)) return "";
    if (lane.role === "expressions" || lane.role === "quickExpressions") {
      await this.renew(lane, wanted);
      return "";
    }
    const defaults = settingsFor(lane.role, lane.id, new Map());
    const reset = [...lane.settings.keys()].filter((name) => !wanted.has(name));
    lane.settings = wanted;
    const changes = [
      ...reset.map((name) => `${name} = ${defaults.has(name) ? sqlString(defaults.get(name) ?? "") : "DEFAULT"}`),
      ...[...settingsFor(lane.role, lane.id, wanted)].map(([name, value]) => `${name} = ${sqlString(value)}`),
    ];
    return changes.map((change) => `SET ${change}; `).join("");
  }

  /** Replaces the session of a lane, with nothing left of the old one's state. */
  async renew(lane: Lane, wanted: ReadonlyMap<string, string> = new Map()): Promise<void> {
    const old = lane.session;
    lane.session = await this.#sessionFor(lane.role, lane.id, wanted);
    lane.settings = wanted;
    old.close();
  }

  /** Stops the statement that runs in a lane. The lane takes no other until the engine has heard of it. */
  cancel(lane: Lane): void {
    lane.settling = this.#control
      .queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${sqlString(markOf(lane.id))} ASYNC`)
      .catch(() => undefined);
  }

  close(): void {
    for (const lane of this.#lanes) lane.session.close();
    this.#control.close();
  }

  /**
   * After a failure: chDB keeps a failed statement and its memory until the session runs another one, and nobody knows
   * which of the request's settings were in force by then.
   */
  async #recover(lane: Lane): Promise<void> {
    await lane.settling;
    await lane.session.queryAsync("SELECT 1").catch(() => undefined);
    if (lane.settings.size > 0) await this.renew(lane);
  }

  #open(): Session {
    return new Session(this.#path, { connectionArgs: this.#connectionArguments });
  }

  async #sessionFor(role: LaneRole, id: number, wanted: ReadonlyMap<string, string>): Promise<Session> {
    const session = this.#open();
    const settings = [...settingsFor(role, id, wanted)].map(([name, value]) => `SET ${name} = ${sqlString(value)}; `);
    try {
      await session.queryAsync(`${settings.join("")}USE ${sqlName(this.#options.database)}`);
      if (role === "expressions" || role === "quickExpressions") await session.queryAsync("SET readonly = 1");
    } catch (thrown) {
      session.close();
      throw thrown;
    }
    return session;
  }

  #acquire(roles: readonly LaneRole[]): Promise<Lane> {
    for (const role of roles) {
      const free = this.#lanes.find((lane) => lane.role === role && !lane.busy);
      if (free !== undefined) {
        free.busy = true;
        return Promise.resolve(free);
      }
    }
    return new Promise((take) => this.#waiting.push({ roles, take }));
  }

  #release(lane: Lane): void {
    const index = this.#waiting.findIndex((waiting) => waiting.roles.includes(lane.role));
    if (index === -1) {
      lane.busy = false;
      return;
    }
    this.#waiting.splice(index, 1)[0]?.take(lane);
  }
}

function rolesFor(request: LaneRequest): readonly LaneRole[] {
  if (request.credential === "expressions" || request.readonly) {
    return request.brief ? ["quickExpressions", "expressions"] : ["expressions"];
  }
  if (request.writes) return ["write", "general"];
  return request.brief ? ["quick", "general"] : ["general"];
}

/** What is set on the session of a lane for a request: the lane's own bounds come after the caller's wishes. */
function settingsFor(role: LaneRole, id: number, wanted: ReadonlyMap<string, string>): Map<string, string> {
  const settings = new Map<string, string>([
    ["max_query_size", String(1024 ** 3)],
    ["max_execution_time", String(role.startsWith("quick") ? quickLimitSeconds : defaultLimitFor(role))],
    ["session_timezone", "UTC"],
  ]);
  for (const [name, value] of wanted) settings.set(name, value);
  settings.set("log_comment", markOf(id));
  if (role.startsWith("quick")) {
    const asked = Number(wanted.get("max_execution_time") ?? quickLimitSeconds);
    settings.set("max_execution_time", String(asked > 0 ? Math.min(asked, quickLimitSeconds) : quickLimitSeconds));
  }
  return settings;
}

function defaultLimitFor(role: LaneRole): number {
  return role === "expressions" ? expressionsLimitSeconds : defaultLimitSeconds;
}

/** By this mark a running statement is found again, to be cancelled: one lane runs one statement. */
function markOf(id: number): string {
  return `homeostat-lane-${id}`;
}

function sameSettings(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false;
  for (const [name, value] of one) if (other.get(name) !== value) return false;
  return true;
}
