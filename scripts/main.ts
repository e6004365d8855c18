/** Commands of the checkout: `npm start`, `npm stop`, `npm run status`, … (scripts/bootstrap.mjs has made the dependencies ready). */
const commands: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  start: () => import('./commands/start.ts'),
  stop: () => import('./commands/stop.ts'),
  status: () => import('./commands/status.ts'),
  reset: () => import('./commands/reset.ts'),
  test: () => import('./commands/test.ts'),
  bench: () => import('./commands/bench.ts'),
  lab: () => import('./commands/lab.ts'),
  screenshots: () => import('./commands/screenshots.ts'),
};

const [name = 'start', ...args] = process.argv.slice(2);
const load = commands[name];
if (!load) {
  console.error(`There is no command ${name}. Known: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
try {
  const command = await load();
  process.exitCode = await command.run(args.filter((arg) => arg !== '--'));
} catch (error) {
  console.error(`\n  ✗ ${error instanceof Error ? error.message : String(error)}`);
  if (process.env['BASALT_DEBUG']) console.error(error);
  process.exitCode = 1;
}

export {};
