/** `node cli.ts <command>`: the lab by hand. */
import { commandLineParse, usage } from './cli-arguments.ts';
import { commandLineRun } from './cli-commands.ts';

const parsed = commandLineParse(process.argv.slice(2));
if ('error' in parsed) {
  console.error(`${parsed.error}\n\n${usage}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await commandLineRun(parsed);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
