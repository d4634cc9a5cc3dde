import { connect, type Socket } from "node:net";

/** One kept-alive connection that sends a request at a time. */
export interface KeepAlive {
  /** Resolves with the status when the whole answer has arrived. */
  post(path: string, contentType: string, body: string | Uint8Array): Promise<number>;
  /** The body of the last answer. */
  lastBody(): string;
  close(): void;
}

/**
 * Speaks just enough HTTP/1.1 for answers with a content length: a whole client would take more of the two cores than
 * what is measured.
 */
export async function openKeepAlive(port: number, key: string): Promise<KeepAlive> {
  const socket: Socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve(status: number): void; reject(reason: unknown): void } | undefined;
  let body = "";
  socket.on("data", (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const head = received.toString("latin1", 0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (received.length < headEnd + 4 + length) return;
    body = received.toString("utf8", headEnd + 4, headEnd + 4 + length);
    received = Buffer.alloc(0);
    const done = waiting;
    waiting = undefined;
    done?.resolve(Number(head.slice(9, 12)));
  });
  const fail = (reason: unknown): void => waiting?.reject(reason);
  socket.on("error", fail).on("close", () => fail(new Error("the server closed the connection")));
  return {
    post: (path, contentType, content) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) {
          reject(new Error("the server has closed the connection"));
          return;
        }
        waiting = { resolve, reject };
        const bytes = typeof content === "string" ? Buffer.from(content) : content;
        const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: ${contentType}\r\ncontent-length: ${bytes.length}\r\n\r\n`;
        socket.cork();
        socket.write(head, "latin1");
        socket.write(bytes);
        socket.uncork();
      }),
    lastBody: () => body,
    close: () => socket.destroy(),
  };
}
