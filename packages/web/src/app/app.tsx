import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Route, Switch } from "wouter";
import { createQueryClient } from "../data/query-client.ts";
import { ActPage } from "../page/act/act-page.tsx";
import { DatasetPage } from "../page/dataset/dataset-page.tsx";
import { DatasetsPage } from "../page/datasets/datasets-page.tsx";
import { DocsPage } from "../page/docs/docs-page.tsx";
import { IncidentPage } from "../page/incident/incident-page.tsx";
import { IncidentsPage } from "../page/incidents/incidents-page.tsx";
import { LineagePage } from "../page/lineage/lineage-page.tsx";
import { OncallPage } from "../page/oncall/oncall-page.tsx";
import { PostmortemPage } from "../page/postmortem/postmortem-page.tsx";
import { QuarantinePage } from "../page/quarantine/quarantine-page.tsx";
import { ReviewPage, ReviewsPage } from "../page/reviews/reviews-page.tsx";
import { ServerPage } from "../page/server/server-page.tsx";
import { SignInPage } from "../page/sign-in/sign-in-page.tsx";
import { SilencesPage } from "../page/silences/silences-page.tsx";
import { SourcePage } from "../page/source/source-page.tsx";
import { SourcesPage } from "../page/sources/sources-page.tsx";
import { SystemPage } from "../page/system/system-page.tsx";
import { SystemsPage } from "../page/systems/systems-page.tsx";
import { MissingPage } from "./missing-page.tsx";
import { SessionGate } from "./session-gate.tsx";
import { Shell } from "./shell.tsx";

/** Providers and routes. The API reference and the link in a message need no session; everything else does. */
export function App(): ReactElement {
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <Shell>
        <Switch>
          <Route path="/docs">
            <DocsPage />
          </Route>
          <Route path="/sign-in">
            <SignInPage />
          </Route>
          <Route path="/act">
            <ActPage />
          </Route>
          <Route>
            <SessionGate>
              <Switch>
                <Route path="/">
                  <SystemsPage />
                </Route>
                <Route path="/systems/:name">{({ name }) => <SystemPage key={name} name={name} />}</Route>
                <Route path="/incidents">
                  <IncidentsPage />
                </Route>
                <Route path="/incidents/:number">{({ number }) => <IncidentPage key={number} number={number} />}</Route>
                <Route path="/systems/:system/datasets/:digest">
                  {({ system, digest }) => <DatasetPage key={digest} system={system} digest={digest} />}
                </Route>
                <Route path="/oncall">
                  <OncallPage />
                </Route>
                <Route path="/silences">
                  <SilencesPage />
                </Route>
                <Route path="/incidents/:number/postmortem">
                  {({ number }) => <PostmortemPage key={number} number={number} />}
                </Route>
                <Route path="/reviews">
                  <ReviewsPage />
                </Route>
                <Route path="/reviews/:system/:month">
                  {({ system, month }) => <ReviewPage key={`${system} ${month}`} system={system} month={month} />}
                </Route>
                <Route path="/sources">
                  <SourcesPage />
                </Route>
                <Route path="/source">
                  <SourcePage />
                </Route>
                <Route path="/quarantine">
                  <QuarantinePage />
                </Route>
                <Route path="/datasets">
                  <DatasetsPage />
                </Route>
                <Route path="/server">
                  <ServerPage />
                </Route>
                <Route path="/lineage">
                  <LineagePage />
                </Route>
                <Route>
                  <MissingPage />
                </Route>
              </Switch>
            </SessionGate>
          </Route>
        </Switch>
      </Shell>
    </QueryClientProvider>
  );
}
