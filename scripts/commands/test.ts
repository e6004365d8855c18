import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, firstPasswordFile, node } from '../lib/paths.ts';

const bin = (name: string): string => join(checkout, 'node_modules/.bin', name);

interface Counts {
  passed: number;
  failed: number;
}

function execute(
  name: string,
  argv: readonly string[],
  env: Record<string, string> = {},
  onOutput?: (chunk: string) => void,
): Promise<boolean> {
  console.log(`\n━━ ${name}`);
  const began = Date.now();
  return new Promise((resolve) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      cwd: checkout,
      stdio: ['ignore', onOutput ? 'pipe' : 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${join(checkout, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`, ...env },
    });
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => onOutput?.(chunk));
    child.once('close', (code) => {
      console.log(
        `━━ ${name}: ${code === 0 ? 'passed' : `failed (${code})`} in ${((Date.now() - began) / 1000).toFixed(0)} s`,
      );
      resolve(code === 0);
    });
  });
}

/** Like {@link execute}, and gives what was printed; the terminal sees it too. */
function executeReading(
  name: string,
  argv: readonly string[],
  env: Record<string, string>,
): Promise<{ ok: boolean; printed: string }> {
  let printed = '';
  return execute(name, argv, env, (chunk) => {
    printed += chunk;
    process.stdout.write(chunk);
  }).then((ok) => ({ ok, printed }));
}

function vitestCounts(file: string): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numFailedTestSuites: number;
  };
  return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites) };
}

function playwrightCounts(file: string): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const { stats } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number };
  };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
}

/**
 * `npm test`: format, lint, types, unit and integration tests, tests against real daemons, and the browser against a whole
 * platform of its own (state under .run/test, started from nothing and stopped afterwards). Parts by name: `npm test -- unit lab`.
 */
export async function run(args: readonly string[]): Promise<number> {
  const wanted = args.length > 0 ? new Set(args) : new Set(['static', 'unit', 'lab', 'e2e']);
  const results = join(checkout, '.run', 'results');
  rmSync(results, { recursive: true, force: true });
  const root = process.getuid?.() === 0;
  const totals: Counts = { passed: 0, failed: 0 };
  const add = (counts: Counts, ok = counts.failed === 0): void => {
    totals.passed += counts.passed;
    totals.failed += ok ? 0 : Math.max(1, counts.failed);
  };

  if (wanted.has('static')) {
    for (const [name, argv] of [
      ['format', [bin('oxfmt'), '--check']],
      ['lint', [bin('oxlint'), '--type-aware', '--deny-warnings']],
      ['types', [bin('turbo'), 'run', 'typecheck', '--output-logs=errors-only']],
      ['types of the scripts', [bin('tsc'), '-p', 'scripts/tsconfig.json']],
    ] as const) {
      const ok = await execute(name, argv, { TURBO_TELEMETRY_DISABLED: '1' });
      add({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
    }
  }
  if (root && (wanted.has('lab') || wanted.has('e2e'))) {
    const ok = await execute('Debian packages', [node, join(checkout, 'scripts/lib/test-packages.ts')]);
    if (!ok) add({ passed: 0, failed: 1 });
  }
  for (const project of ['unit', 'lab'] as const) {
    if (!wanted.has(project)) continue;
    if (project === 'lab') {
      if (!root) {
        console.log('━━ lab: needs root; not run');
        add({ passed: 0, failed: 1 });
        continue;
      }
    }
    const file = join(results, `${project}.json`);
    const ok = await execute(project, [
      bin('vitest'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]);
    add(vitestCounts(file), ok);
  }
  if (wanted.has('e2e')) {
    const env = {
      BASALT_HOME: join(checkout, '.run', 'test'),
      BASALT_CONSOLE_TICKET_SECONDS: '15',
      PLAYWRIGHT_JSON_OUTPUT_NAME: join(results, 'e2e.json'),
    };
    mkdirSync(env.BASALT_HOME, { recursive: true });
    const main = join(checkout, 'scripts/main.ts');
    const command = (name: string, ...rest: string[]) => [
      node,
      '--disable-warning=ExperimentalWarning',
      main,
      name,
      ...rest,
    ];
    await execute('forgetting an earlier test platform', command('reset'), env);
    const { ok: up, printed } = await executeReading('starting a platform', command('start'), env);
    const password = /^ {4}password {2}(\S+) {3}\(printed once/mu.exec(printed)?.[1];
    if (up && password === undefined) {
      console.log('━━ the start printed no password');
      add({ passed: 0, failed: 1 });
    } else if (up && password !== undefined) {
      // the story begins as a newcomer does: with what the start has printed, and nothing else
      writeFileSync(firstPasswordFile(env.BASALT_HOME), password, { mode: 0o600 });
      const ok = await execute(
        'e2e',
        [join(checkout, 'e2e/node_modules/.bin/playwright'), 'test', '-c', 'e2e/playwright.config.ts'],
        env,
      );
      add(playwrightCounts(env.PLAYWRIGHT_JSON_OUTPUT_NAME), ok);
    } else add({ passed: 0, failed: 1 });
    if (!process.env['BASALT_KEEP']) {
      await execute('stopping the platform', command('stop'), env);
      const left = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout;
      if (left?.trim()) console.log(`namespaces on this machine now:\n${left}`);
    }
  }
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}
