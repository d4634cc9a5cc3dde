import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../domain/notification/message.ts";
import { htmlMail } from "./email/html-mail.ts";
import { slackMessage } from "./slack/slack-blocks.ts";

const message: Message = {
  title: "`hour` moved",
  headline: "Incident 17 opened: `hour` moved",
  sentence: "`hour` moved in origin=<b>LAX</b> & others.",
  facts: [
    { label: "Since", text: "2001-02-10 00:00 UTC" },
    { label: "Where", text: '<!channel> <script>alert("1")</script>' },
  ],
  next: "Ask the vendor.",
  links: [
    { label: "Incident 17", href: "https://h.example/incidents/17?a=1&b=2" },
    { label: "Evil|>", href: "javascript:alert(1)//<b>|" },
  ],
};

describe("Slack blocks", () => {
  it("say the message with everything escaped that Slack would take for markup", () => {
    expect(slackMessage(message)).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "emoji": false,
              "text": "Incident 17 opened: \`hour\` moved",
              "type": "plain_text",
            },
            "type": "header",
          },
          {
            "text": {
              "text": "\`hour\` moved in origin=&lt;b&gt;LAX&lt;/b&gt; &amp; others.",
              "type": "mrkdwn",
            },
            "type": "section",
          },
          {
            "text": {
              "text": "*Since:* 2001-02-10 00:00 UTC
      *Where:* &lt;!channel&gt; &lt;script&gt;alert("1")&lt;/script&gt;",
              "type": "mrkdwn",
            },
            "type": "section",
          },
          {
            "text": {
              "text": "*What to do next:* Ask the vendor.",
              "type": "mrkdwn",
            },
            "type": "section",
          },
          {
            "text": {
              "text": "<https://h.example/incidents/17?a=1&amp;b=2|Incident 17>  |  Evil|&gt;: javascript:alert(1)//&lt;b&gt;|",
              "type": "mrkdwn",
            },
            "type": "section",
          },
        ],
        "text": "Incident 17 opened: \`hour\` moved",
      }
    `);
  });

  it("keep within Slack's limits whatever the message holds, and never cut through an escape", () => {
    const text = fc.string({ unit: fc.constantFrom("<", "&", ">", "a", " ", "é", "😀", "\n"), maxLength: 4_500 });
    const messages = fc.record({
      title: text,
      headline: text,
      sentence: text,
      facts: fc.array(fc.record({ label: text, text }), { maxLength: 30 }),
      next: fc.option(text, { nil: undefined }),
      links: fc.array(fc.record({ label: text, href: fc.webUrl() }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(messages, (any) => {
        const { blocks, text: fallback } = slackMessage(any);
        expect(blocks.length).toBeLessThanOrEqual(50);
        expect(fallback.length).toBeLessThanOrEqual(4_000);
        for (const block of blocks as { type: string; text: { text: string } }[]) {
          expect(block.text.text.length).toBeLessThanOrEqual(block.type === "header" ? 150 : 3_000);
          if (block.type === "section")
            expect(block.text.text.replaceAll(/&(amp|lt|gt);|<https?:[^<>|]*\|[^<>|]*>/g, "")).not.toMatch(/[<>&]/);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("mail in HTML", () => {
  it("shows what users sent as text, loads nothing, and links to web addresses only", () => {
    expect(htmlMail(message)).toMatchInlineSnapshot(`
      "<!doctype html><html lang="en"><body style="font:15px/1.5 sans-serif">
      <h1 style="font-size:18px">Incident 17 opened: \`hour\` moved</h1>
      <p>\`hour\` moved in origin=&lt;b&gt;LAX&lt;/b&gt; &amp; others.</p>
      <table role="presentation" cellspacing="0"><tr><th align="left" valign="top" style="padding:2px 16px 2px 0;white-space:nowrap">Since</th><td style="padding:2px 0">2001-02-10 00:00 UTC</td></tr><tr><th align="left" valign="top" style="padding:2px 16px 2px 0;white-space:nowrap">Where</th><td style="padding:2px 0">&lt;!channel&gt; &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</td></tr></table>
      <p><strong>What to do next:</strong> Ask the vendor.</p>
      <p><a href="https://h.example/incidents/17?a=1&amp;b=2">Incident 17</a> &middot; Evil|&gt;: javascript:alert(1)//&lt;b&gt;|</p>
      </body></html>"
    `);
  });
});
