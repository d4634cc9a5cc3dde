import { CloudEvent, HTTP } from "cloudevents";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCloudEvents } from "./cloud-event.ts";

const encoder = new TextEncoder();
const given = (headers: Readonly<Record<string, unknown>>, body: unknown) => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
  bytes: encoder.encode(typeof body === "string" ? body : JSON.stringify(body)),
});
const structured = (text: string) => given({ "content-type": "application/cloudevents+json" }, text);
const batch = (text: string) => given({ "content-type": "application/cloudevents-batch+json" }, text);

function events(reading: ReturnType<typeof readCloudEvents>) {
  if (reading.kind === "refused") throw new Error(reading.detail);
  return reading.events.map((event) => (event.kind === "event" ? event.event : event.issue));
}

const attributes = { id: "e-1", source: "/till/7", type: "io.homeostat.outcome", specversion: "1.0" };

describe("CloudEvents", () => {
  it("are read as the reference SDK writes them, binary and structured, whatever the text", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((one) => one.trim() === one && one !== "");
    const id = fc.stringMatching(/^[\w.:-]{1,40}$/);
    fc.assert(
      fc.property(id, id, text, fc.jsonValue({ maxDepth: 3 }), (eventId, source, word, value) => {
        const event = new CloudEvent({
          id: eventId,
          source,
          type: "io.homeostat.change",
          time: "2001-02-09T10:00:00.000Z",
          datacontenttype: "application/json",
          data: { word, value },
        });
        for (const message of [HTTP.binary(event), HTTP.structured(event)]) {
          const [read] = events(readCloudEvents(given(message.headers, message.body)));
          expect(read).toMatchObject({ id: eventId, source, type: "io.homeostat.change", time: event.time });
          expect(JSON.parse((read as { data: string }).data)).toEqual(JSON.parse(JSON.stringify({ word, value })));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("of a batch are judged one by one, and keep every digit of their data", () => {
    const one = JSON.stringify({ ...attributes, data: 0 }).replace(":0}", ':{"n": 9223372036854775807}}');
    const read = events(readCloudEvents(batch(`[ ${one} ,{"id":"x"},3,${one}]`)));
    expect(read[0]).toMatchObject({ id: "e-1", data: '{"n": 9223372036854775807}' });
    expect(read.slice(1, 3)).toMatchObject([{ path: "specversion" }, { path: "", expected: "an event" }]);
    expect(read).toHaveLength(4);
    expect(events(readCloudEvents(batch("[]")))).toEqual([]);
  });

  it("may have their data in base64, and their header values percent-encoded", () => {
    const data_base64 = Buffer.from('{"a":1}').toString("base64");
    expect(events(readCloudEvents(structured(JSON.stringify({ ...attributes, data_base64 }))))).toMatchObject([
      { data: '{"a":1}' },
    ]);
    const headers = {
      "content-type": "application/json",
      "ce-id": "Z%C3%BCrich%20%F0%9F%98%80",
      "ce-source": "/s",
      "ce-type": "t",
      "ce-specversion": "1.0",
      "ce-subject": "100%",
    };
    expect(events(readCloudEvents(given(headers, "{}")))).toMatchObject([{ id: "Zürich 😀", subject: "100%" }]);
  });

  it.each([
    ["another version", { ...attributes, specversion: "0.3" }, "specversion"],
    ["no source", { ...attributes, source: undefined }, "source"],
    ["an empty id", { ...attributes, id: "" }, "id"],
    ["a type that is a number", { ...attributes, type: 5 }, "type"],
    ["a time that is a number", { ...attributes, time: 5 }, "time"],
    ["data that are XML", { ...attributes, datacontenttype: "text/xml", data: "<a/>" }, "datacontenttype"],
    ["base64 of something else", { ...attributes, data_base64: "AAAA" }, "data_base64"],
  ])("with %s are refused by name", (_, event, path) => {
    expect(events(readCloudEvents(structured(JSON.stringify(event))))).toMatchObject([{ path }]);
  });

  it("that are no JSON, or hold a key twice, are refused as a whole", () => {
    for (const text of ["", "{", '{"id":"a","id":"b"}', "\ud800"])
      expect(readCloudEvents(structured(text)).kind).toBe("refused");
    expect(readCloudEvents(batch("{}")).kind).toBe("refused");
    expect(events(readCloudEvents(given({ "content-type": "application/json" }, "{}")))).toMatchObject([
      { path: "ce-specversion" },
    ]);
  });
});
