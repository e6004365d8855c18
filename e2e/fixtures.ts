/** Tests of the browser start here: a signed-in page, the API beside it, and a keeper that removes what a test has made. */
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import type { VmId, VmState, Vm } from '@basalt/contract';
import type { PlatformApi } from '../scripts/lib/api.ts';
import {
  accountCreate,
  apiWith,
  firstNames,
  fresh,
  region,
  sessionIssue,
  url,
  type Account,
  type Api,
} from './platform.ts';

export interface Person extends Account {
  readonly session: string;
  readonly api: Api;
  readonly upload: PlatformApi['upload'];
}

async function personMake(role: 'systemAdmin' | 'systemReadonly'): Promise<Person> {
  const account = await accountCreate(role);
  const session = await sessionIssue(account.email);
  const { call, upload } = apiWith(session);
  return { ...account, session, api: call, upload };
}

/** Runs what was put in, last first; every one of them, even when one fails. */
export class Keeper {
  readonly #jobs: (() => Promise<unknown>)[] = [];
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  later(job: () => Promise<unknown>): void {
    this.#jobs.push(job);
  }

  /** Destroys at the end all VMs whose names begin so, in whatever state they are; removed ones are left alone. */
  vmsNamed(prefix: string): void {
    this.later(() => vmsDestroy(this.#api, prefix));
  }

  async clean(): Promise<void> {
    const failures: unknown[] = [];
    for (const job of this.#jobs.splice(0).toReversed()) await job().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, `not cleaned up: ${failures.map(String).join('; ')}`);
  }
}

const here = async (api: Api, prefix: string): Promise<{ id: VmId; state: VmState; protected: boolean }[]> => {
  const common = { region, search: prefix, limit: 200 };
  const listed = await api.vm.list(common);
  const binned = await api.vm.list({ ...common, filter: { state: ['deleted'] } });
  const all = new Map([...listed.items, ...binned.items].map((vm) => [vm.id, vm]));
  return [...all.values()].filter((vm) => vm.name.startsWith(prefix) && vm.state !== 'destroyed');
};

async function vmsDestroy(api: Api, prefix: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const left = await here(api, prefix);
        for (const vm of left) {
          // Refused while a task is at work on it; the next round asks again.
          const act = vm.state === 'deleted' || vm.state === 'error' ? api.vm.destroy : api.vm.delete;
          if (vm.state === 'running' || vm.state === 'paused')
            await api.vm.powerOff({ region, id: vm.id }).catch(() => undefined);
          else await act({ region, id: vm.id }).catch(() => undefined);
        }
        return left.map(({ state }) => state);
      },
      { message: `VMs ${prefix}… are destroyed`, timeout: 60_000, intervals: [300] },
    )
    .toEqual([]);
}

/** Lets a browser context be signed in as somebody without the sign-in page. */
export const contextSignIn = (context: BrowserContext, { session }: Pick<Person, 'session'>): Promise<void> =>
  context.addCookies([{ name: 'basalt_session', value: session, url, httpOnly: true, sameSite: 'Strict' }]);

/** Refused requests are each test's own matter; the content policy has a test of its own, as pictures of failures break it. */
const elsewhere = /^Failed to load resource|Content Security Policy/u;

interface TestFixtures {
  /** Who the page is signed in as. */
  as: 'admin' | 'nobody';
  keeper: Keeper;
  /** What the browser has complained of: errors of scripts and of the page itself. */
  complaints: string[];
}
interface WorkerFixtures {
  admin: Person;
  reader: Person;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  admin: [async ({}, use) => use(await personMake('systemAdmin')), { scope: 'worker' }],
  reader: [async ({}, use) => use(await personMake('systemReadonly')), { scope: 'worker' }],
  as: ['admin', { option: true }],
  baseURL: async ({}, use) => use(url),
  keeper: async ({ admin }, use) => {
    const keeper = new Keeper(admin.api);
    await use(keeper);
    await keeper.clean();
  },
  context: async ({ context, as, admin }, use) => {
    if (as === 'admin') await contextSignIn(context, admin);
    await use(context);
  },
  complaints: [
    async ({ page }, use) => {
      const found: string[] = [];
      page.on('pageerror', (error) => found.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !elsewhere.test(message.text())) found.push(message.text());
      });
      await use(found);
      expect(found, 'what the browser complained of').toEqual([]);
    },
    { auto: true },
  ],
});
export { expect, type Page };

/** Small, so that many fit under emulation. */
export const small = { vcpu: 1, memory: 1024 ** 3 } as const;

/** The first image and network of the platform, as ids. */
export async function firstThings(api: Api) {
  const [images, networks] = await Promise.all([
    api.image.list({ region, limit: 200 }),
    api.network.list({ region, limit: 200 }),
  ]);
  const image = images.items.find(({ name, state }) => name === firstNames.image && state === 'available');
  const network = networks.items.find(({ name }) => name === firstNames.network);
  if (!image || !network) throw new Error('the platform has not been given its first image and network');
  return { image, network };
}

/** Makes VMs by the API and waits for them to run; for tests of what comes after. They go when the test ends. */
export async function vmsRunning(
  api: Api,
  keeper: Keeper,
  count = 1,
  more: Partial<Parameters<Api['vm']['create']>[0]> = {},
): Promise<Vm[]> {
  const { image, network } = await firstThings(api);
  const name = fresh('vm');
  keeper.vmsNamed(name);
  const { items } = await api.vm.create({
    region,
    name,
    count,
    imageId: image.id,
    ...small,
    systemDisk: { size: 10 * 1024 ** 3 },
    nics: [{ networkId: network.id }],
    ...more,
  });
  return Promise.all(items.map(({ vm }) => vmReaches(api, vm.id, 'running')));
}

export async function vmRunning(api: Api, keeper: Keeper): Promise<Vm> {
  const [vm] = await vmsRunning(api, keeper);
  if (!vm) throw new Error('no VM was made');
  return vm;
}

/** Waits until the VM is in the state; gives it as it is then. */
export async function vmReaches(api: Api, id: VmId, state: VmState, timeout = 60_000): Promise<Vm> {
  await expect
    .poll(async () => (await api.vm.get({ region, id })).state, {
      timeout,
      intervals: [200],
      message: `VM is ${state}`,
    })
    .toBe(state);
  return api.vm.get({ region, id });
}

/** Waits until the agent in the guest answers, so that ACPI and agent commands are heard. */
export const guestUp = (api: Api, id: VmId): Promise<void> =>
  expect
    .poll(async () => (await api.vm.get({ region, id })).guest?.agent, {
      timeout: 60_000,
      intervals: [500],
      message: 'the agent in the guest answers',
    })
    .toBe('running');
