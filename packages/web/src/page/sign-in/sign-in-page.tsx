import { type ReactElement, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useSignIn } from "../../data/session.ts";
import { Skeleton } from "../../part/loaded.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { SignInHelp } from "./sign-in-help.tsx";

/** Takes the token of a one-time link, trades it for a session and goes to the systems. */
export function SignInPage(): ReactElement {
  const [, navigate] = useLocation();
  const { mutate, error } = useSignIn();
  const spent = useRef<string | null>(null);
  // The token stands in the fragment, which a browser sends to no server and no log.
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");

  useEffect(() => {
    // A token works once, and an effect may run twice.
    if (token === null || spent.current === token) return;
    spent.current = token;
    mutate(token, { onSuccess: () => navigate("/", { replace: true }) });
  }, [token, mutate, navigate]);

  if (token === null) return <SignInHelp />;
  if (error === null) return <Skeleton lines={2} what="your session" />;
  return (
    <>
      <ProblemBox error={error} doing="Signing in" />
      <SignInHelp />
    </>
  );
}
