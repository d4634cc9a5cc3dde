import { type Message, oneLine } from "./message.ts";

/** Whether the sentence stands in the headline already, full stop aside. */
export function saysAll({ headline, sentence }: Message): boolean {
  return oneLine(headline).includes(oneLine(sentence).replace(/\.$/, ""));
}

/** A message as plain text of several lines, for mail, notes of alerts and whatever knows no markup. */
export function plainText(message: Message): string {
  const { headline, sentence, facts, next, links } = message;
  return [
    oneLine(headline),
    "",
    ...(saysAll(message) ? [] : [oneLine(sentence), ""]),
    ...facts.map(({ label, text }) => `${label}: ${oneLine(text)}`),
    ...(next === undefined ? [] : ["", `What to do next: ${oneLine(next)}`]),
    "",
    ...links.map(({ label, href }) => `${label}: ${href}`),
  ]
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
