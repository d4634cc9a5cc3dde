import type { ReactElement, ReactNode } from "react";
import { useSession } from "../data/session.ts";
import { SignInHelp } from "../page/sign-in/sign-in-help.tsx";
import { Loaded } from "../part/loaded.tsx";

/** Shows its children to who is signed in, and how to sign in to everybody else. */
export function SessionGate(props: { readonly children: ReactNode }): ReactElement {
  const query = useSession();
  return (
    <Loaded query={query} what="your session">
      {(state) => (state.kind === "signed-in" ? props.children : <SignInHelp />)}
    </Loaded>
  );
}
