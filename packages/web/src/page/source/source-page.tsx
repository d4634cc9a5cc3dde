import type { ReactElement } from "react";
import { useSearch } from "wouter";
import { useSource, useSourceWindows } from "../../data/source.ts";
import { Loaded } from "../../part/loaded.tsx";
import { Empty } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";
import { FieldSection } from "./field-section.tsx";
import { SourceHeader } from "./source-header.tsx";
import { UncheckedSection } from "./unchecked-section.tsx";
import { VersionSection } from "./version-section.tsx";
import { WindowSections } from "./window-sections.tsx";

const parts = [
  ["promises", "Promises"],
  ["pipeline", "Pipeline"],
  ["unchecked", "Not checked"],
  ["fields", "Fields"],
  ["versions", "Versions"],
] as const;

function SourceBody(props: { readonly id: string }): ReactElement {
  const source = useSource(props.id);
  const windows = useSourceWindows(props.id);
  return (
    <Loaded query={source} what="the source" lines={4}>
      {(detail) => (
        <>
          <SourceHeader source={detail.source} />
          <nav className="contents" aria-label="On this page">
            {parts.map(([id, word]) => (
              <a key={id} href={`#${id}`}>
                {word}
              </a>
            ))}
          </nav>
          <Loaded query={windows} what="windows" lines={6}>
            {(answer) => <WindowSections source={detail} answer={answer} />}
          </Loaded>
          <UncheckedSection unchecked={detail.unchecked} windows={windows.data?.items} />
          <FieldSection source={detail} />
          <VersionSection versions={detail.versions} />
        </>
      )}
    </Loaded>
  );
}

/** One source: what it promises, how it kept that, window by window, and how its contract came to be. */
export function SourcePage(): ReactElement {
  const id = new URLSearchParams(useSearch()).get("id") ?? "";
  useTitle(id === "" ? "Source" : id);
  return (
    <>
      <h1>{id === "" ? "Source" : id}</h1>
      {id === "" ? (
        <Empty>
          Name a source in the address: <code>/source?id=airline-feed</code>.
        </Empty>
      ) : (
        <SourceBody key={id} id={id} />
      )}
    </>
  );
}
