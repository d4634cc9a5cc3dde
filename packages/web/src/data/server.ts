import { type Client, createClient } from "@homeostat/sdk";

/** Reads from the server these pages came from, with the session cookie. */
export const server: Client = createClient({ url: "" });

/** A client for changes: the server wants the session's CSRF token beside the cookie. */
export const serverForChanges = (csrfToken: string): Client => createClient({ url: "", csrfToken });
