export { type Client, type ClientOptions, createClient, type RawBody } from "./client.ts";
export { ProblemError, UnreachableError } from "./problem-error.ts";
