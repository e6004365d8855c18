import { expect, test } from 'vitest';
import type { VmId, VmState } from '@basalt/contract';
import type { DomainFacts } from '@basalt/contract/agent/schemas';
import { eventually } from '../../test/task-fixture.ts';
import { harness } from '../../test/task-harness.ts';
import { transact } from '../store/transact.ts';
import { vmStateSet, vmUpdate } from '../store/vm.ts';
import { theFour } from '../workflow/test-kit.ts';
import { vmPause } from './vm-pause.ts';
import { vmPowerOff } from './vm-power-off.ts';
import { vmReboot } from './vm-reboot.ts';
import { vmReset } from './vm-reset.ts';
import { vmResume } from './vm-resume.ts';
import { vmShutdown } from './vm-shutdown.ts';
import { vmStart } from './vm-start.ts';

const all = [vmStart, vmShutdown, vmPowerOff, vmReboot, vmReset, vmPause, vmResume];
const h = harness(all);
const same = (actual: unknown, expected: unknown): void => expect(actual).toEqual(expected);

/** State of the row, state of the domain, and whether vCPU and memory are held: one of these. */
const is =
  (...allowed: readonly (readonly [VmState, DomainFacts['state'] | null, boolean])[]) =>
  async (id: VmId): Promise<void> => {
    const vm = await h.region.vm(id);
    expect(allowed).toContainEqual([vm.state, h.domainState(id), await h.region.allocated(id)]);
  };

theFour(test, same, 'VM-05', vmStart, () =>
  h.vmScenario(
    'vm.start',
    ['starting', 'shutoff', true],
    is(['running', 'running', true]),
    is(['stopped', 'shutoff', false]),
    { formerHostId: null },
  ),
);
theFour(test, same, 'VM-05', vmShutdown, () =>
  h.vmScenario(
    'vm.shutdown',
    ['stopping', 'running', true],
    is(['stopped', 'shutoff', false]),
    is(['running', 'shutoff', true], ['stopped', 'shutoff', false]),
    { timeout: 30, thenPowerOff: false },
  ),
);
theFour(test, same, 'VM-05', vmPowerOff, () =>
  h.vmScenario(
    'vm.powerOff',
    ['powering-off', 'running', true],
    is(['stopped', 'shutoff', false]),
    is(['unknown', 'shutoff', true], ['stopped', 'shutoff', false]),
  ),
);
theFour(test, same, 'VM-05', vmReboot, () =>
  h.vmScenario(
    'vm.reboot',
    ['rebooting', 'running', true],
    is(['running', 'running', true]),
    is(['running', 'running', true]),
  ),
);
theFour(test, same, 'VM-05', vmReset, () =>
  h.vmScenario(
    'vm.reset',
    ['rebooting', 'running', true],
    is(['running', 'running', true]),
    is(['error', 'running', false]),
  ),
);
theFour(test, same, 'VM-05', vmPause, () =>
  h.vmScenario(
    'vm.pause',
    ['running', 'running', true],
    is(['paused', 'paused', true]),
    is(['running', 'running', true]),
  ),
);
theFour(test, same, 'VM-05', vmResume, () =>
  h.vmScenario(
    'vm.resume',
    ['resuming', 'paused', true],
    is(['running', 'running', true]),
    is(['paused', 'paused', true]),
  ),
);

const shutDown = (thenPowerOff: boolean) =>
  transact(h.region.db, async (work) => {
    const subject = await h.vmIn(work, 'stopping', 'running');
    return {
      subject,
      taskId: await h.enqueue(work, 'vm.shutdown', subject, { vmId: subject, timeout: 1, thenPowerOff }),
    };
  });

test('[VM-05] a guest that does not heed the button runs on, and the task says so', async () => {
  const host = h.region.hosts[0];
  if (!host) throw new Error('no host');
  host.acpi = false;
  try {
    const { subject, taskId } = await shutDown(false);
    expect(await h.ended(taskId)).toBe('failed');
    expect((await h.region.taskRow(taskId)).error?.message).toContain('did not shut down within 1 s');
    await is(['running', 'running', true])(subject);
    const forced = await shutDown(true);
    expect(await h.ended(forced.taskId)).toBe('succeeded');
    await is(['stopped', 'shutoff', false])(forced.subject);
  } finally {
    host.acpi = true;
  }
});

test('[VM-05] who cuts the power while the VM is being started has the last word', async () => {
  const host = h.region.hosts[0];
  if (!host) throw new Error('no host');
  const gate = Promise.withResolvers<void>();
  host.fault = (name) => (name === 'domain.ensureRunning' ? gate.promise : undefined);
  const { subject, taskId } = await transact(h.region.db, async (work) => {
    const id = await h.vmIn(work, 'starting', 'shutoff');
    return { subject: id, taskId: await h.enqueue(work, 'vm.start', id, { vmId: id, formerHostId: null }) };
  });
  await eventually(
    () => h.region.taskRow(taskId),
    (task) => task.currentStep === 'start',
  );
  const off = await transact(h.region.db, async (work) => {
    await vmStateSet(work.tx, subject, 'powering-off');
    await vmUpdate(work.tx, subject, { desiredPower: 'off' });
    return h.enqueue(work, 'vm.powerOff', subject, { vmId: subject });
  });
  expect(await h.ended(off)).toBe('succeeded');
  gate.resolve();
  host.fault = null;
  expect(await h.ended(taskId)).toBe('succeeded');
  await is(['stopped', 'shutoff', false])(subject);
});
