import { BasaltError, type PlacementPreview, type VmCreateInput } from '@basalt/contract';
import type { Context } from '../context.ts';
import { createPlan, type Plan } from './create-plan.ts';
import { createSpecify, type Specified } from './create-specify.ts';

/** Carries the answer out of a transaction that must not commit. */
class PreviewDone extends Error {
  readonly answer: PlacementPreview;
  constructor(answer: PlacementPreview) {
    super('preview');
    this.answer = answer;
  }
}

/** The same checks and the same decision as creating, in a transaction that is rolled back (BYD-04). */
export async function vmPreview(ctx: Context, input: VmCreateInput): Promise<PlacementPreview> {
  const problems: BasaltError[] = [];
  try {
    await ctx.services.db.transaction(async (tx) => {
      const refuse = (error: BasaltError): void => void problems.push(error);
      const spec = await createSpecify(tx, input, refuse);
      const plan = await createPlan(tx, input, spec, refuse, 'preview');
      throw new PreviewDone(answerOf(ctx, input, spec, plan, problems));
    });
  } catch (error) {
    if (error instanceof PreviewDone) return error.answer;
    // what stops the plan altogether, such as an image that is not there
    if (error instanceof BasaltError && error.status < 500)
      return {
        placements: [],
        addresses: [],
        capacity: [],
        fits: false,
        problems: problemsOf(ctx, [...problems, error]),
      };
    throw error;
  }
  throw new Error('a preview without answer');
}

const problemsOf = (ctx: Context, errors: readonly BasaltError[]): PlacementPreview['problems'] =>
  errors.map((error) => ({ code: error.code, message: error.text(ctx.locale), field: error.field }));

function answerOf(
  ctx: Context,
  input: VmCreateInput,
  spec: Specified,
  plan: Plan,
  problems: readonly BasaltError[],
): PlacementPreview {
  const ready = plan.candidates.filter((host) => host.state === 'available');
  const compute = (resource: 'vcpu' | 'memory', each: number): PlacementPreview['capacity'][number] => {
    const total = ready.reduce((sum, host) => sum + host[resource].total, 0);
    const allocated = ready.reduce((sum, host) => sum + host[resource].allocated, 0);
    const needed = input.start ? each * spec.names.length : 0;
    return { resource, where: spec.cluster.name, needed, free: Math.max(0, total - allocated), total };
  };
  return {
    placements: plan.vms.map((vm) => vm.placement),
    addresses: plan.vms.map((vm) => ({
      name: vm.name,
      addresses: vm.nics.map((nic) => ({
        network: nic.networkName,
        address: nic.address ?? null,
        automatic: nic.automatic,
      })),
    })),
    capacity: [
      compute('vcpu', spec.vcpu),
      compute('memory', spec.memory),
      ...plan.storage.map((s) => ({
        resource: 'storage' as const,
        where: s.storage.name,
        needed: s.needed,
        free: s.free,
        total: s.total,
      })),
    ],
    fits: problems.length === 0,
    problems: problemsOf(ctx, problems),
  };
}
