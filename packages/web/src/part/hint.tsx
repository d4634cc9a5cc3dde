import { type KeyboardEvent, type ReactElement, useId, useRef } from "react";
import { definitions, type Term } from "../text/definition.ts";

const gapPx = 6;
const edgePx = 8;

/**
 * A small question mark that explains a word on hover, focus or touch. The explanation is a popover, so that no
 * scrolling table can cut it off; Escape closes it.
 */
export function Hint(props: { readonly term: Term }): ReactElement {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const note = useRef<HTMLSpanElement>(null);
  const { word, text } = definitions[props.term];

  const show = (): void => {
    if (button.current === null || note.current === null || note.current.matches(":popover-open")) return;
    note.current.showPopover();
    const place = button.current.getBoundingClientRect();
    const size = note.current.getBoundingClientRect();
    const left = Math.max(
      edgePx,
      Math.min(place.left - 12, document.documentElement.clientWidth - size.width - edgePx),
    );
    const below = place.bottom + gapPx;
    const top = below + size.height > window.innerHeight ? place.top - size.height - gapPx : below;
    note.current.style.left = `${left}px`;
    note.current.style.top = `${Math.max(edgePx, top)}px`;
  };
  const hide = (): void => {
    if (note.current?.matches(":popover-open") === true) note.current.hidePopover();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") hide();
  };
  return (
    <span className="hint">
      <button
        ref={button}
        type="button"
        aria-label={`What is ${word}?`}
        aria-describedby={id}
        onPointerEnter={show}
        onPointerLeave={hide}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={onKeyDown}
      >
        ?
      </button>
      <span ref={note} id={id} role="tooltip" popover="manual" className="hint-note">
        <strong>{word}.</strong> {text}
      </span>
    </span>
  );
}
