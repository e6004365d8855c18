/**
 * A host that has joined is made ready: facts, pre-checks, network chassis, storage access. It ends locked (HOST-03): that it
 * takes VMs is for an operator to say.
 */
import { z } from 'zod';
import { BasaltError, both, hostId } from '@basalt/contract';
import { hostById, hostLock, hostUpdate } from '../store/host.ts';
import { hostFactsStore } from '../reconcilers/host-facts.ts';
import { taskDefine, type StepContext } from '../workflow/task-define.ts';
import { hostAddress } from './vm-parts.ts';
import { bilingual } from './vm-steps.ts';

const input = z.object({ hostId });
type Input = z.infer<typeof input>;

async function hostAgent({ services, input: { hostId: id } }: StepContext<Input>) {
  const host = await hostById(services.db, id);
  if (!host) throw new BasaltError('notFound', { kind: 'host' });
  return { host, agent: services.agents.client(hostAddress(host)) };
}

export const hostEnrol = taskDefine<Input>({
  kind: 'host.enrol',
  input,
  cancellable: false,
  deadline: 10 * 60_000,
  steps: [
    {
      key: 'facts',
      deadline: 120_000,
      noUndo: 'facts are facts',
      async run(ctx) {
        const { host, agent } = await hostAgent(ctx);
        // the agent has its certificate and is about to listen
        const facts = await ctx.ensure('facts', () => agent.host.facts({}), 90_000);
        if (facts.hostId !== null && facts.hostId !== host.id)
          throw new BasaltError('agentRefused', { host: host.name, reason: `answers as ${facts.hostId}` });
        await ctx.transact((work) => hostFactsStore(work, host.id, facts));
        return { bootId: facts.bootId };
      },
    },
    {
      key: 'check',
      noUndo: 'only reads',
      async run(ctx) {
        const { host } = await hostAgent(ctx);
        // storage is not reachable before its access has been set up
        const failed = host.checks.filter((c) => c.verdict === 'failed' && c.key !== 'storage');
        for (const check of host.checks)
          await ctx.log(
            check.verdict === 'passed' ? 'info' : 'warn',
            `${check.key}: ${check.verdict} (${check.found}; ${check.wanted})`,
          );
        if (failed.length > 0) {
          const found = failed.map((c) => `${c.key} (${c.found})`).join(', ');
          throw new BasaltError('agentRefused', {
            host: host.name,
            reason: both(`预检未通过：${found}`, `pre-checks failed: ${found}`),
          });
        }
      },
    },
    {
      key: 'chassis',
      noUndo: 'a chassis without ports does nothing; enrolling again sets it anew',
      async run(ctx) {
        const { host, agent } = await hostAgent(ctx);
        await ctx.ensure('chassis', (head) =>
          agent.host.ensureChassis({
            ...head,
            chassis: {
              systemId: host.id,
              ovnRemote: ctx.services.settings.ovnRemote,
              encapType: 'geneve',
              encapIp: null,
              bridgeMappings: null,
            },
          }),
        );
      },
    },
    {
      key: 'storageAccess',
      noUndo: 'the key stays in the host’s own store until it is removed with the host; enrolling again sets it anew',
      async run(ctx) {
        const { agent } = await hostAgent(ctx);
        const storage = await ctx.services.settings.storageAccess();
        await ctx.ensure('storage', (head) => agent.host.ensureStorageAccess({ ...head, storage }));
      },
    },
    {
      key: 'ready',
      noUndo: 'the end of the task says what the host is',
      async run(ctx) {
        const { host, agent } = await hostAgent(ctx);
        const facts = await ctx.ensure('facts', () => agent.host.facts({}));
        await ctx.transact(async (work) => {
          await hostFactsStore(work, host.id, facts);
          const row = await hostLock(work.tx, host.id);
          if (!row || (row.state !== 'enrolling' && row.state !== 'unreachable')) return;
          await hostUpdate(work.tx, host.id, {
            state: 'locked',
            wantedState: 'locked',
            reason: null,
            stateSince: new Date(),
            seenAt: new Date(),
          });
          work.changed('host', host.id);
          work.event({ kind: 'host', id: host.id, name: host.name, type: 'host.enrolled', taskId: ctx.taskId });
        });
      },
    },
  ],
  async unwound(work, { taskId, input: { hostId: id }, error }) {
    const row = await hostLock(work.tx, id);
    if (!row) return;
    await hostUpdate(work.tx, id, { state: 'enrolling', reason: bilingual(error) });
    work.changed('host', id);
    work.event({
      kind: 'host',
      id,
      name: row.name,
      type: 'host.enrolFailed',
      level: 'error',
      params: { code: error.code, reason: bilingual(error) },
      taskId,
    });
  },
  async retry(work, { hostId: id }) {
    const row = await hostLock(work.tx, id);
    if (!row) throw new BasaltError('notFound', { kind: 'host' });
    await hostUpdate(work.tx, id, { reason: null });
    work.changed('host', id);
  },
});
