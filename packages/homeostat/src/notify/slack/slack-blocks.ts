import { cutTo, escapedTo, type Link, type Message, oneLine } from "../../domain/notification/message.ts";

/** What a Slack message is made of: https://docs.slack.dev/reference/block-kit/blocks */
export interface SlackMessage {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly object[];
}

const headerUnits = 150;
const sectionUnits = 3_000;
const textUnits = 4_000;
const mostBlocks = 50;
/** All that Slack asks to be escaped; it also takes the power from `<!channel>` and `<@someone>` in what users sent. */
const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const escaped = (text: string, units: number): string => escapedTo(oneLine(text), units, escapes);
const section = (text: string): object => ({ type: "section", text: { type: "mrkdwn", text } });

/**
 * A message as Slack blocks. Every line stands in a section of its own kind, so that a long fact is cut and none is lost:
 * at most 150 characters in the header, 3,000 in a section, 50 blocks. Pure.
 */
export function slackMessage(message: Message): SlackMessage {
  const { headline, sentence, facts, next, links } = message;
  const lines = facts.map(({ label, text }) => `*${escaped(label, 100)}:* ${escaped(text, 2_000)}`);
  const blocks = [
    { type: "header", text: { type: "plain_text", text: cutTo(oneLine(headline), headerUnits), emoji: false } },
    section(escaped(sentence, sectionUnits)),
    ...inSections(lines),
    ...(next === undefined ? [] : [section(`*What to do next:* ${escaped(next, sectionUnits - 30)}`)]),
    ...(links.length === 0 ? [] : inSections([links.map(linkText).join("  |  ")])),
  ];
  return { text: escaped(headline, textUnits), blocks: blocks.slice(0, mostBlocks) };
}

function linkText({ label, href }: Link): string {
  if (!/^https?:\/\//.test(href)) return `${escaped(label, 100)}: ${escaped(href, 2_000)}`;
  const address = href.replaceAll("|", "%7C").replaceAll(">", "%3E").replaceAll("<", "%3C");
  return `<${escapedTo(address, 2_000, { "&": "&amp;" })}|${escaped(label, 100).replaceAll("|", "/")}>`;
}

/** Lines joined as long as they fit into one section. */
function inSections(lines: readonly string[]): readonly object[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= sectionUnits)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(section);
}
