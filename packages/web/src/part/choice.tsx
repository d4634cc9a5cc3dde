import { type ReactElement, type ReactNode, useId } from "react";

/** A named list to choose from. The name stands apart from the list, so that it is not read together with its options. */
export function Choice(props: {
  readonly name: string;
  readonly nameShown?: boolean;
  readonly value: string | number;
  readonly onChoose: (value: string) => void;
  readonly children: ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <span className="choice">
      <label htmlFor={id} className={props.nameShown === false ? "hidden" : ""}>
        {props.name}
      </label>{" "}
      <select id={id} value={props.value} onChange={(event) => props.onChoose(event.target.value)}>
        {props.children}
      </select>
    </span>
  );
}
