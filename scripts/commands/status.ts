import { instanceRead, labStatus } from '@basalt/lab';
import { gatewayUrl } from '../lib/processes.ts';
import { home } from '../lib/paths.ts';
import { settingsRead } from '../lib/settings.ts';
import { firstAccount } from './start.ts';

const MIB = 1024 ** 2;

/** What runs where and how healthy; with `--json` for programs. Ends with 0 only when all is up. */
export async function run(args: readonly string[]): Promise<number> {
  const instance = instanceRead(home);
  const settings = settingsRead();
  if (!instance || !settings) {
    console.log(
      args.includes('--json')
        ? JSON.stringify({ state: 'down' })
        : '  Nothing has been started here. Begin with: npm start',
    );
    return 3;
  }
  const lab = await labStatus(instance);
  const answers = await fetch(`${gatewayUrl(instance)}/api/health`, { signal: AbortSignal.timeout(3_000) }).then(
    (answer) => answer.ok,
    () => false,
  );
  const state = lab.state === 'up' && answers ? 'up' : lab.state === 'down' ? 'down' : 'partly';
  if (args.includes('--json')) {
    console.log(
      JSON.stringify(
        {
          ...lab,
          state,
          url: gatewayUrl(instance),
          account: firstAccount,
          simulated: settings.sim,
          gatewayAnswers: answers,
        },
        undefined,
        2,
      ),
    );
    return state === 'up' ? 0 : 3;
  }
  console.log(
    `\n  Basalt is ${state} · instance ${lab.id} · ${settings.sim ? `${settings.hosts} simulated hosts` : `${lab.hosts} hosts`} · ${lab.guests} guests · ${Math.round(lab.memoryBytes / MIB)} MiB`,
  );
  if (state !== 'down') console.log(`  address ${gatewayUrl(instance)} · account ${firstAccount}`);
  if (lab.ceph) console.log(`  Ceph ${lab.ceph.health}`);
  for (const fault of lab.faults) console.log(`  fault: ${fault}`);
  console.log('');
  for (const one of lab.processes) {
    const mark = one.state === 'ready' ? '✓' : one.wanted ? '✗' : '·';
    console.log(
      `  ${mark} ${one.name.padEnd(24)} ${one.state.padEnd(9)} ${one.pid ? `pid ${one.pid}` : ''}${one.restarts ? ` · restarted ${one.restarts}×` : ''}${one.state === 'ready' ? '' : ` · ${one.lastExit ?? ''} · ${one.log}`}`,
    );
  }
  console.log('');
  return state === 'up' ? 0 : 3;
}
