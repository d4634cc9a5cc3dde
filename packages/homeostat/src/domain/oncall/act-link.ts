import type { Instant } from "../instant.ts";

/** What a link in a message may do, for whom and until when. Acknowledging is all: resolving needs a person who signed in. */
export interface ActLink {
  /** Tells links apart; each works once. */
  readonly id: string;
  readonly incident: number;
  /** Whom it was sent to: a person, or a channel in words. */
  readonly recipient: string;
  readonly expiresAt: Instant;
}

export interface SpentLinkStore {
  /** Marks a link as used; the first to ask has it. */
  spend(id: string, at: Instant): Promise<"spent" | "spent-before">;
  isSpent(id: string): Promise<boolean>;
}

/** Makes and reads the text of links; a text that was changed, or signed by another server, is no link. */
export interface LinkSigner {
  sign(link: ActLink): string;
  read(text: string): ActLink | undefined;
}
