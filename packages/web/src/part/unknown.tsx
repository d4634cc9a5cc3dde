import type { ReactElement, ReactNode } from "react";
import { dash } from "../text/number.ts";

/** A number that is not known: a dash, and the reason to eye (on hover) and ear. Never a zero. */
export function Unknown(props: { readonly reason: string }): ReactElement {
  return (
    <span className="unknown" title={props.reason}>
      <span aria-hidden="true">{dash}</span>
      <span className="hidden">unknown: {props.reason}</span>
    </span>
  );
}

/** A value through its formatter, or a dash with the reason it is missing. */
export function Known(props: {
  readonly value: number | null;
  readonly format: (value: number) => string;
  readonly absent: string;
}): ReactNode {
  return props.value === null || !Number.isFinite(props.value) ? (
    <Unknown reason={props.absent} />
  ) : (
    props.format(props.value)
  );
}
