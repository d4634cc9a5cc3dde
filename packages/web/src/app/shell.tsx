import type { ReactElement, ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useSession, useSignOut } from "../data/session.ts";
import { ThemeToggle } from "./theme-toggle.tsx";

const isDataset = (path: string): boolean => /^\/systems\/[^/]+\/datasets\//.test(path);

const places = [
  {
    href: "/",
    word: "Systems",
    holds: (path: string) => path === "/" || path === "/lineage" || (path.startsWith("/systems/") && !isDataset(path)),
  },
  { href: "/incidents", word: "Incidents", holds: (path: string) => path.startsWith("/incidents") },
  {
    href: "/oncall",
    word: "On call",
    holds: (path: string) => path === "/oncall" || path === "/act",
  },
  { href: "/silences", word: "Silences", holds: (path: string) => path === "/silences" },
  { href: "/reviews", word: "Reviews", holds: (path: string) => path.startsWith("/reviews") },
  { href: "/sources", word: "Sources", holds: (path: string) => path === "/sources" || path === "/source" },
  { href: "/quarantine", word: "Quarantine", holds: (path: string) => path === "/quarantine" },
  { href: "/datasets", word: "Datasets", holds: (path: string) => path === "/datasets" || isDataset(path) },
  { href: "/server", word: "Server", holds: (path: string) => path === "/server" },
  { href: "/docs", word: "API", holds: (path: string) => path === "/docs" },
] as const;

function Places(): ReactElement {
  const [path] = useLocation();
  return (
    <nav aria-label="Pages">
      {places.map(({ href, word, holds }) => (
        <Link
          key={href}
          href={href}
          className={holds(path) ? "nav-link active" : "nav-link"}
          aria-current={holds(path) ? "page" : undefined}
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}

function Who(): ReactElement | null {
  const { data } = useSession();
  const signOut = useSignOut();
  if (data?.kind !== "signed-in") return null;
  return (
    <span className="who">
      <span title={`May: ${data.session.scopes.join(", ")}`}>{data.session.name}</span>
      <button type="button" className="plain" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </button>
    </span>
  );
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What every page has around it: skip link, navigation, theme, footer. */
export function Shell(props: { readonly children: ReactNode }): ReactElement {
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="shell-head">
        <Link href="/" className="brand">
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <path d="M2 17h8l3-9 5 16 3-9 2 2h7" />
          </svg>
          Homeostat
        </Link>
        <Places />
        <div className="shell-tools">
          <ThemeToggle />
          <Who />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
      <footer className="shell-foot">
        Times are in your zone ({zone}); point at one for UTC. Pages refresh by themselves. A dash means “not known”,
        and says why when you point at it.
      </footer>
    </>
  );
}
