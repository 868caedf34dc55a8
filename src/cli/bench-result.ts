/** What every benchmark does around its run: warns of a busy machine, writes its files, prints its table. */
import { loadWarning, readMachineFacts } from '../drive/machine.ts';
import { writeResultFiles, type ResultFiles } from '../drive/result-files.ts';
import type { CommandContext, ExitCode } from './command.ts';

/** Ratios of CPU time hold on a busy machine, wall-clock times do not. */
export const warnIfBusy = (context: CommandContext): void => {
  const warning = loadWarning(readMachineFacts());
  if (warning !== null) context.report(warning);
};

export interface Finished extends ResultFiles {
  readonly pass: boolean;
}

/** Exit code 1 for a run that did not pass; its files are written all the same. */
export const finish = async ({ pass, ...files }: Finished, context: CommandContext): Promise<ExitCode> => {
  const paths = await writeResultFiles(files);
  context.print(context.flags.json ? JSON.stringify(files.result) : files.markdown);
  context.report(`written: ${paths.join(', ')}`);
  return pass ? 0 : 1;
};
