import { type ReactElement, useRef, useState } from "react";

const saidMs = 2_000;

/** A command to copy. Where the browser keeps the clipboard to itself, the button marks the text instead. */
export function CommandLine(props: { readonly what: string; readonly command: string }): ReactElement {
  const text = useRef<HTMLElement>(null);
  const [said, setSaid] = useState("");
  const say = (words: string): void => {
    setSaid(words);
    setTimeout(() => setSaid(""), saidMs);
  };
  const mark = (): void => {
    if (text.current !== null) getSelection()?.selectAllChildren(text.current);
    say("Marked");
  };
  const onClick = (): void => {
    // Absent on pages that did not come over TLS or from this machine.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (clipboard === undefined) mark();
    else clipboard.writeText(props.command).then(() => say("Copied"), mark);
  };
  return (
    <div className="command">
      <span className="quiet">{props.what}</span>
      <div className="command-line">
        <code ref={text}>{props.command}</code>
        <button type="button" onClick={onClick} aria-label={`Copy: ${props.what}`}>
          Copy
        </button>
        <span role="status" className="quiet">
          {said}
        </span>
      </div>
    </div>
  );
}
