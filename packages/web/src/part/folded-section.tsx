import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";

/**
 * A part of a page that most readers do not need: heading and one sentence, the rest on request. A link to it opens it.
 * What is in it is asked for only when it is opened.
 */
export function FoldedSection(props: {
  readonly id: string;
  readonly title: string;
  readonly says: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const { id } = props;
  const [opened, setOpened] = useState(false);
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const open = (): void => {
      if (window.location.hash === `#${id}` && details.current !== null) details.current.open = true;
    };
    open();
    window.addEventListener("hashchange", open);
    return () => window.removeEventListener("hashchange", open);
  }, [id]);
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="section folded">
      <details ref={details} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
        <summary>
          <h2 id={`${id}-title`}>{props.title}</h2> <span className="quiet">{props.says}</span>
        </summary>
        {opened ? <div className="folded-body">{props.children}</div> : null}
      </details>
    </section>
  );
}
