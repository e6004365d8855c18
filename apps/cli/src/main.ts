/** `basalt`: the platform on the command line. Answers go to standard output, everything else to standard error. */
import { ApiError, ConnectionError, TaskError } from '@basalt/sdk';
import { CommanderError } from 'commander';
import { cliEnv } from './env.ts';
import { programMake } from './program.ts';
import type { Terminal } from './call.ts';
import { exitCodes, UsageError } from './usage-error.ts';
import { wordsIn, type Say } from './words.ts';

function terminalOpen(): Terminal {
  const env = cliEnv();
  const { stderr, stdout } = process;
  let isOpen = false;
  return {
    env,
    say: wordsIn(env.locale),
    out: (text) => void stdout.write(`${text}\n`),
    tell(text, isFinal = false) {
      // a line that is written over where somebody looks at it, and lines in a row where a file takes them
      if (!stderr.isTTY) return void stderr.write(`${text}\n`);
      stderr.write(`${isOpen ? '\r\u001B[2K' : ''}${text}${isFinal ? '\n' : ''}`);
      isOpen = !isFinal;
    },
  };
}

/** What went wrong in the user's words, and the code to end with. */
function failureOf(error: unknown, say: Say): { readonly text: string; readonly code: number } {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help')
      return { text: '', code: error.exitCode === 0 ? 0 : exitCodes.usage };
    const what = /'([^']+)'/u.exec(error.message)?.[1] ?? error.message;
    const isUnknown = error.code === 'commander.unknownCommand' || error.code === 'commander.unknownOption';
    return {
      text: isUnknown
        ? say('unknownCommand', { what })
        : say('badArgument', { what: error.message.replace(/^error: /u, '') }),
      code: exitCodes.usage,
    };
  }
  if (error instanceof UsageError) return { text: error.message, code: exitCodes.usage };
  if (error instanceof ApiError) {
    const more = error.issues.slice(1).map(({ field, message }) => `\n  ${field}: ${message}`);
    const id = error.requestId === null ? '' : `, ${say('requestId')} ${error.requestId}`;
    return { text: `${error.message} (${error.code}${id})${more.join('')}`, code: exitCodes.refused };
  }
  if (error instanceof ConnectionError) return { text: error.message, code: exitCodes.unreachable };
  if (error instanceof TaskError || (error instanceof DOMException && error.name === 'TimeoutError'))
    return { text: error.message, code: exitCodes.taskFailed };
  if (error instanceof TypeError) return { text: error.message, code: exitCodes.usage };
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), code: exitCodes.refused };
}

// a reader that has seen enough (`basalt vm list | head -1`) is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.once('SIGINT', () => process.exit(exitCodes.interrupted));

const terminal = terminalOpen();
try {
  await programMake(terminal).parseAsync();
} catch (error) {
  const { text, code } = failureOf(error, terminal.say);
  if (text !== '') process.stderr.write(`✗ ${text}\n`);
  process.exitCode = code;
}
