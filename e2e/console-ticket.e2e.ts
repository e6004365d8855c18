import { request as httpRequest } from 'node:http';
import { randomBytes } from 'node:crypto';
import { expect, test, vmRunning, type Person } from './fixtures.ts';
import { VmConsolePage } from './pages/vm-console.ts';
import { region, sessionIssue, url } from './platform.ts';
import { zh } from './words.ts';

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  /** First bytes of the stream, when it was opened. */
  readonly greeting: string;
}

/** The handshake of a console's WebSocket, as any client could make it. */
function handshake(ticket: string, cookie: string | null, origin = url): Promise<Answer> {
  const address = new URL('/api/v1/console', url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(address, {
      timeout: 15_000,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        origin,
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        'sec-websocket-protocol': `basalt.console, ticket.${ticket}`,
        ...(cookie === null ? {} : { cookie: `basalt_session=${cookie}` }),
      },
    });
    request.once('timeout', () => request.destroy(new Error('the handshake was not answered')));
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      resolve({
        status: response.statusCode ?? 0,
        code: response.headers['x-basalt-error']?.toString(),
        greeting: '',
      });
    });
    request.once('upgrade', (response, socket, head) => {
      const done = (data: Buffer): void => {
        socket.destroy();
        // Two bytes of frame, then what QEMU says first.
        resolve({ status: response.statusCode ?? 0, code: undefined, greeting: data.subarray(2).toString('latin1') });
      };
      if (head.length > 0) done(head);
      else socket.once('data', done);
      socket.setTimeout(10_000, () => socket.destroy(new Error('QEMU said nothing')));
      socket.once('error', reject);
    });
    request.end();
  });
}

const ticketOf = async ({ api }: Person, id: Parameters<Person['api']['vm']['console']>[0]['id']): Promise<string> =>
  (await api.vm.console({ region, id, protocol: 'vnc' })).ticket;

test('[VM-15] a console ticket opens once, for its own session and its own origin only', async ({ admin, keeper }) => {
  const vm = await vmRunning(admin.api, keeper);
  const first = await ticketOf(admin, vm.id);

  await test.step('a ticket opens the screen of the guest', async () => {
    expect(await handshake(first, admin.session)).toMatchObject({ status: 101, greeting: 'RFB 003.008\n' });
  });
  await test.step('the same ticket again is refused', async () => {
    expect(await handshake(first, admin.session)).toMatchObject({ status: 403, code: 'consoleTicketInvalid' });
  });
  await test.step('a ticket is refused without its session, and with another', async () => {
    const ticket = await ticketOf(admin, vm.id);
    expect((await handshake(ticket, null)).status).toBe(401);
    expect(await handshake(ticket, await sessionIssue(admin.email))).toMatchObject({
      status: 403,
      code: 'consoleTicketInvalid',
    });
  });
  await test.step('a ticket is refused from another origin', async () => {
    const ticket = await ticketOf(admin, vm.id);
    expect(await handshake(ticket, admin.session, 'https://elsewhere.example')).toMatchObject({
      status: 403,
      code: 'crossSite',
    });
  });
  await test.step('an invented ticket is refused', async () => {
    expect(await handshake(randomBytes(32).toString('base64url'), admin.session)).toMatchObject({
      status: 403,
      code: 'consoleTicketInvalid',
    });
  });
  await test.step('a ticket of a VM that has stopped opens nothing', async () => {
    const ticket = await ticketOf(admin, vm.id);
    await admin.api.vm.powerOff({ region, id: vm.id });
    await expect.poll(async () => (await admin.api.vm.get({ region, id: vm.id })).state).toBe('stopped');
    expect((await handshake(ticket, admin.session)).status).not.toBe(101);
  });
});

test('[VM-15] a ticket that comes too late opens nothing; the page says so and a new one does', async ({
  page,
  admin,
  keeper,
  complaints,
}) => {
  const vm = await vmRunning(admin.api, keeper);
  const asked = Date.now();
  const { expiresAt } = await admin.api.vm.console({ region, id: vm.id, protocol: 'vnc' });
  const life = Date.parse(expiresAt) - asked;
  expect(life, 'the platform was started with BASALT_CONSOLE_TICKET_SECONDS').toBeLessThan(60_000);
  // the answer lies on the way until the ticket's time is up, as on a laptop that was closed
  await page.route(
    '**/api/trpc/vm.console**',
    async (route) => {
      const answer = await route.fetch();
      const held = Date.now();
      await expect.poll(() => Date.now() > held + life, { timeout: 3 * life }).toBe(true);
      await route.fulfill({ response: answer });
    },
    { times: 1 },
  );
  const refused = page.waitForEvent('websocket', { timeout: 3 * life });
  const screen = new VmConsolePage(page);
  await screen.open(vm.id);
  await refused;
  await expect(page.getByText(zh('vm.console.ticketExpired'))).toBeVisible({ timeout: 3 * life });
  // what the browser says of it itself; it is expected here and nowhere else
  expect(complaints.splice(0)).toEqual([expect.stringMatching(/handshake.*403/u), expect.stringContaining('1006')]);
  await page
    .getByRole('button', { name: zh('vm.console.reconnect'), exact: true })
    .last()
    .click();
  await screen.connected();
});
