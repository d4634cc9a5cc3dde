import { z } from "zod";
import { notifyTarget } from "./channel-declaration.ts";
import { duration, instant, resourceName } from "./name.ts";

const title = z.string().max(200).default("");
const zone = z.string().min(1).max(64).describe("IANA name of a zone, e.g. `Europe/Berlin`");
const wallTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "must be a wall-clock time without zone, e.g. 2024-10-29T08:30")
  .describe("Wall-clock time in the zone, e.g. `2024-10-29T08:30`");
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be a time of day, e.g. 08:30, or 24:00 for its end")
  .describe("Time of day, e.g. `08:30`; `24:00` is its end");

const weekday = z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
const everyDay = [...weekday.options];

const hours = z
  .strictObject({
    weekdays: z
      .array(weekday)
      .min(1)
      .max(7)
      .default(everyDay)
      .describe("The days on which they begin; every day when absent"),
    from: clockTime,
    to: clockTime.describe("Not after `from`: on the next day"),
  })
  .describe("Hours of some days of the week");

/** A person with the channels that reach them; stands in documents of kind `Owners`. */
export const personDeclaration = z.strictObject({
  name: resourceName,
  title,
  contact: z.string().max(200).default("").describe("In words: shown, not used"),
  notify: z.array(notifyTarget).max(10).default([]).describe("All of them are used at once"),
});

const overrideDeclaration = z.strictObject({
  from: instant,
  to: instant,
  person: resourceName,
  instead: resourceName.optional().describe("Only for this person; whoever is on call, when absent"),
  reason: z.string().max(500).default(""),
});

/** A document of kind `Schedule`: who is on call when. */
export const scheduleDeclaration = z
  .strictObject({
    apiVersion: z.literal("homeostat/v1"),
    kind: z.literal("Schedule"),
    name: resourceName,
    title,
    zone,
    layers: z
      .array(
        z.strictObject({
          name: resourceName,
          starts: wallTime.describe("The first handoff; the others follow at the same time of day"),
          ends: wallTime.optional(),
          turn: z
            .union([
              z.enum(["daily", "weekly", "monthly"]),
              z
                .string()
                .regex(
                  /^(P[1-9]\d{0,2}[DW]|PT[1-9]\d{0,2}H)$/,
                  "must be daily, weekly, monthly, or a number of days, weeks or hours: P3D, P2W, PT12H",
                ),
            ])
            .describe(
              "How long a turn lasts on the wall clock: `daily`, `weekly`, `monthly`, or e.g. `P3D`, `P2W`, `PT12H`",
            ),
          people: z
            .array(z.union([resourceName, z.array(resourceName).max(20)]))
            .min(1)
            .max(200)
            .describe(
              "In order. A list inside is a group that is on call together; an empty one is a turn that nobody has",
            ),
          hours: z.array(hours).max(50).default([]).describe("On call only in these; always without any"),
        }),
      )
      .max(20)
      .default([])
      .describe("A later one overrules an earlier one wherever it has somebody"),
    overrides: z
      .array(overrideDeclaration)
      .max(500)
      .default([])
      .describe("The later of two counts; those made by hand come after"),
  })
  .describe("Who is on call when, by turns");
export type ScheduleDeclaration = z.infer<typeof scheduleDeclaration>;

const target = z.union([
  z.strictObject({ person: resourceName }),
  z.strictObject({ schedule: resourceName }),
  z.strictObject({ channel: notifyTarget }),
]);
const sureTarget = z.union([z.strictObject({ person: resourceName }), z.strictObject({ channel: notifyTarget })]);

/** A document of kind `EscalationPolicy`: who is told, in what order, until somebody answers. */
export const escalationPolicyDeclaration = z
  .strictObject({
    apiVersion: z.literal("homeostat/v1"),
    kind: z.literal("EscalationPolicy"),
    name: resourceName,
    title,
    steps: z
      .array(
        z.strictObject({
          targets: z.array(target).min(1).max(10),
          acknowledgeWithin: duration.default("PT10M").describe("Without an answer for so long the next step begins"),
        }),
      )
      .min(1)
      .max(20),
    repeats: z
      .int()
      .min(0)
      .max(9)
      .default(0)
      .describe("How often the steps are gone through again before the last resort"),
    lastResort: z
      .array(sureTarget)
      .min(1)
      .max(10)
      .describe("Told when nobody answered, and at once where a schedule has nobody. Never a schedule"),
    acknowledgementLasts: duration
      .optional()
      .describe("An acknowledgement without resolution is over after so long, and escalation begins again"),
  })
  .describe("Who is told, in what order, until somebody answers");
export type EscalationPolicyDeclaration = z.infer<typeof escalationPolicyDeclaration>;

const matcher = z
  .string()
  .max(500)
  .regex(/^\s*[a-z][a-z0-9_.-]*\s*(=~|!~|!=|=)/, "must be a label, one of = != =~ !~, and a value: severity=critical")
  .describe("`severity=critical`, `segment.origin=~JFK|LGA`, `monitor!=contract`; in patterns `*` stands for any text");

/** The section `oncall` of a system. */
export const oncallSection = z.strictObject({
  routes: z
    .array(
      z.strictObject({
        when: z.array(matcher).max(20).default([]),
        during: z.strictObject({ zone, hours: z.array(hours).min(1).max(20) }).optional(),
        policy: resourceName,
        continue: z.boolean().default(false).describe("Look at the routes behind it as well"),
      }),
    )
    .max(100)
    .default([])
    .describe(
      "The first that matches an alert counts; without one, the policy of its owner, else the channels under `notify`",
    ),
  wait: duration.default("PT30S").describe("Between opening and the first message: what ends before is never told"),
  interval: duration.default("PT5M").describe("Between messages about an incident that has more findings"),
  repeat: duration
    .default("PT4H")
    .describe("Between rounds of escalation that nobody answered; rounded up to whole intervals"),
  resolve: z
    .enum(["by-person", "when-withdrawn"])
    .default("by-person")
    .describe("`when-withdrawn`: also by itself when no finding stands any more"),
  inhibit: z
    .array(
      z.strictObject({
        source: z.array(matcher).min(1).max(20),
        target: z.array(matcher).min(1).max(20),
        equal: z.array(z.string().min(1).max(100)).max(20).default([]),
        lineage: z
          .boolean()
          .default(false)
          .describe("Only where the source's feed lies upstream of the target's, or is the same"),
      }),
    )
    .max(50)
    .default([])
    .describe("A target is muted while a source fires; that a broken feed mutes what it causes needs no rule"),
  maintenance: z
    .array(
      z.strictObject({
        title: z.string().min(1).max(200),
        zone: zone.default("Etc/UTC"),
        hours: hours.optional().describe("Every week, in wall-clock time of the zone"),
        from: instant.optional(),
        to: instant.optional(),
      }),
    )
    .max(50)
    .default([])
    .describe("Nobody is told meanwhile; what still stands afterwards is told"),
});
export type OncallSection = z.infer<typeof oncallSection>;
