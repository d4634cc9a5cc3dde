import { Command, CommanderError } from "commander";
import { type Cli, type CliHost, createCli } from "./cli.ts";
import { addActions } from "./command/actions.ts";
import { addApply, addPlan } from "./command/apply.ts";
import { addBackup, addRestore } from "./command/backup.ts";
import { addBaseline } from "./command/baseline.ts";
import { addChange } from "./command/change.ts";
import { addChannel } from "./command/channel.ts";
import { addCompare } from "./command/compare.ts";
import { addCoverage } from "./command/coverage.ts";
import { addDataset } from "./command/dataset.ts";
import { addDeliveries } from "./command/deliveries.ts";
import { addDiagnose } from "./command/diagnose.ts";
import { addDiffState } from "./command/diff-state.ts";
import { addErase } from "./command/erase.ts";
import { addErrors } from "./command/errors.ts";
import { addExamine } from "./command/examine.ts";
import { addHooks } from "./command/hooks.ts";
import { addAcknowledge, addIncident, addResolve } from "./command/incident.ts";
import { addAssign, addCause, addFalseAlarm, addNote } from "./command/incident-act.ts";
import { addIncidents } from "./command/incidents.ts";
import { addInit } from "./command/init.ts";
import { addKeys } from "./command/keys.ts";
import { addLabels } from "./command/labels.ts";
import { addLineage } from "./command/lineage.ts";
import { addMonitor } from "./command/monitor.ts";
import { addOncall } from "./command/oncall.ts";
import { addOutcomes } from "./command/outcomes.ts";
import { addPerformance } from "./command/performance.ts";
import { addPostmortem } from "./command/postmortem.ts";
import { addPredict } from "./command/predict.ts";
import { addProbe } from "./command/probe.ts";
import { addQuarantine } from "./command/quarantine.ts";
import { addRelease } from "./command/release.ts";
import { addReplay } from "./command/replay.ts";
import { addRetention } from "./command/retention.ts";
import { addReview } from "./command/review.ts";
import { addSilence } from "./command/silence.ts";
import { addSkew } from "./command/skew.ts";
import { addSlo } from "./command/slo.ts";
import { addSource } from "./command/source.ts";
import { addStatus } from "./command/status.ts";
import { addTrain } from "./command/train.ts";
import { addUp } from "./command/up.ts";
import { exitCodeHelp, exitCodes } from "./exit-code.ts";
import { renderError, tellError } from "./render-error.ts";

/** Every command, in the order in which one meets them. */
const commands: readonly ((program: Command, cli: Cli) => void)[] = [
  addCompare,
  addUp,
  addInit,
  addPlan,
  addApply,
  addSource,
  addStatus,
  addMonitor,
  addCoverage,
  addDataset,
  addLabels,
  addOutcomes,
  addSkew,
  addExamine,
  addProbe,
  addPerformance,
  addTrain,
  addRelease,
  addPredict,
  addReplay,
  addChange,
  addHooks,
  addLineage,
  addDiffState,
  addQuarantine,
  addSlo,
  addIncidents,
  addIncident,
  addDiagnose,
  addAcknowledge,
  addResolve,
  addOncall,
  addSilence,
  addNote,
  addAssign,
  addFalseAlarm,
  addCause,
  addPostmortem,
  addChannel,
  addDeliveries,
  addActions,
  addReview,
  addKeys,
  addBaseline,
  addErase,
  addRetention,
  addBackup,
  addRestore,
  addErrors,
];

/**
 * The program with its commands. It never ends the process and prints only to the streams of its host; parsing throws
 * what went wrong. {@link runProgram} is what a process calls.
 */
export function createProgram(host: CliHost): Command {
  return programOf(createCli(host));
}

/**
 * Runs a command line (without node and script) and answers the exit code. Everything that can go wrong is told on
 * standard error: in words, or as one JSON document where the command line asks for JSON.
 */
export async function runProgram(host: CliHost, args: readonly string[]): Promise<number> {
  const cli = createCli(host);
  try {
    await programOf(cli).parseAsync([...args], { from: "user" });
    return cli.exitCode();
  } catch (thrown) {
    // Commander has printed its own words already, and help is no mistake.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const error = tellError(thrown);
    const wantsJson = args.includes("--json");
    host.stderr.write(wantsJson ? `${JSON.stringify({ error }, null, 2)}\n` : renderError(error, cli.terminal.colors));
    return error.exitCode;
  }
}

function programOf(cli: Cli): Command {
  const { host, terminal } = cli;
  const program = new Command("homeostat")
    .description(
      "Keeps AI systems healthy: takes in what they predict and what became of it, notices drift, and says where, since when and why.",
    )
    .version(host.version, "--version", "print the version")
    .helpOption("--help", "show help")
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError("(--help shows how)")
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHelpWidth: () => terminal.width,
      getErrHelpWidth: () => terminal.width,
      getOutHasColors: () => terminal.colors.isColorSupported,
      getErrHasColors: () => terminal.colors.isColorSupported,
    })
    .addHelpText("after", exitCodeHelp);
  for (const add of commands) add(program, cli);
  return program;
}
