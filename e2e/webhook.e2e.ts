import type { Page } from '@playwright/test';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test, type Keeper, type Person } from './fixtures.ts';
import { fresh, region } from './platform.ts';
import { isSignedWith, webhookReceiver, type Receiver } from './webhook-receiver.ts';
import { zh } from './words.ts';

const loopback = '127.0.0.0/8';
const button = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true });
const createLabel = zh('actions.createWebhook');
const drawer = (page: Page) => page.getByRole('dialog', { name: createLabel });
const field = (page: Page, key: string) =>
  page.getByRole('textbox', { name: zh(`webhooks.form.fields.${key}`), exact: true });
const pill = (page: Page, state: string) =>
  page
    .getByRole('main')
    .getByText(zh(`webhooks.state.${state}`), { exact: true })
    .first();

/** The list of allowed networks as it was when the test began. */
async function destinationsKeep({ api }: Person, keeper: Keeper): Promise<void> {
  const { allowed } = await api.webhook.destinations({});
  keeper.later(async () => {
    const { version } = await api.webhook.destinations({});
    await api.webhook.updateDestinations({ allowed, version });
  });
}

async function destinationsSet({ api }: Person, allowed: string[]): Promise<void> {
  const { version } = await api.webhook.destinations({});
  await api.webhook.updateDestinations({ allowed, version });
}

async function receiverOpen(keeper: Keeper): Promise<Receiver> {
  const receiver = await webhookReceiver();
  keeper.later(receiver.close);
  return receiver;
}

/** Webhooks of a test go, whatever became of them. */
function webhooksKeep({ api }: Person, keeper: Keeper, name: string): void {
  keeper.later(async () => {
    const { items } = await api.webhook.list({ search: name, limit: 200 });
    for (const { id } of items) await api.webhook.delete({ id });
  });
}

/** Something small that happens in the region: a network without addresses is made and deleted. */
async function networkMake({ api }: Person, keeper: Keeper): Promise<string> {
  const name = fresh('hooked');
  const { items } = await api.network.list({ region, limit: 200 });
  const { items: uplinks } = await api.network.uplinks({ region });
  const taken = new Set([...items.map(({ vlan }) => vlan), ...uplinks.flatMap(({ vlans }) => vlans)]);
  const vlan = Array.from({ length: 3000 }, (_, index) => 1000 + index).find((number) => !taken.has(number)) ?? 0;
  const made = await api.network.create({ region, name, uplink: uplinks[0]?.name ?? '', vlan, subnet: null });
  keeper.later(async () => {
    const { total } = await api.network.list({ region, search: name });
    if (total > 0) await api.network.delete({ region, id: made.id });
  });
  return name;
}

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${paths.webhooks(region)}${query}`);
  await expect(page.getByRole('heading', { level: 1, name: zh('webhooks.title') })).toBeVisible();
}

async function fill(page: Page, name: string, url: string): Promise<void> {
  await button(page, createLabel).first().click();
  await field(page, 'name').fill(name);
  await field(page, 'url').fill(url);
}
const submit = (page: Page) => drawer(page).getByRole('button', { name: createLabel, exact: true }).click();

test('[API-03] a webhook is allowed, made, tried, delivers signed events, fails with a reason, recovers and goes', async ({
  page,
  context,
  admin,
  keeper,
}) => {
  await destinationsKeep(admin, keeper);
  await destinationsSet(admin, []);
  const receiver = await receiverOpen(keeper);
  const name = fresh('cmdb');
  webhooksKeep(admin, keeper, name);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);

  await test.step('a private address is refused at its field until its network is allowed', async () => {
    await open(page);
    await fill(page, name, receiver.url);
    await submit(page);
    await expect(field(page, 'url')).toHaveAccessibleDescription(/127\.0\.0\.1 不是公网地址/u);
    await expect(field(page, 'url')).toBeFocused();
    await expect(field(page, 'name')).toHaveValue(name);
    await drawer(page)
      .getByRole('link', { name: zh('webhooks.tabs.destinations') })
      .click();
  });
  await test.step('what is no network is named; the network is allowed', async () => {
    const networks = page.getByRole('textbox', { name: zh('webhooks.destinations.allowed'), exact: true });
    await networks.fill(`${loopback}\n10.0.0`);
    await button(page, zh('common.save')).click();
    await expect(networks).toHaveAccessibleDescription(zh('webhooks.destinations.wrong', { text: '10.0.0' }));
    await networks.fill(loopback);
    await button(page, zh('common.save')).click();
    await expect(page.getByText(zh('webhooks.destinations.saved'))).toBeVisible();
  });

  let secret = '';
  await test.step('it is made with a header of its own; its secret is shown once and copied', async () => {
    await page
      .getByRole('link', { name: zh('webhooks.tabs.list'), exact: true })
      .last()
      .click();
    await fill(page, name, receiver.url);
    const kinds = page.getByRole('combobox', { name: zh('webhooks.form.fields.kinds') });
    await kinds.fill(zh('webhooks.kinds.network'));
    await kinds.press('Enter');
    await field(page, 'name').click();
    await page.getByRole('button', { name: zh('webhooks.form.headerAdd') }).click();
    const header = page.getByRole('group', { name: zh('webhooks.form.header', { number: 1 }) });
    await header.getByRole('textbox', { name: zh('webhooks.form.headerName') }).fill('x-receiver-key');
    await header.getByLabel(zh('webhooks.form.headerValue'), { exact: true }).fill('open sesame');
    await submit(page);
    const shown = page.getByRole('dialog', { name: zh('webhooks.secret.title', { name }) });
    await shown
      .getByRole('button', { name: zh('common.copy'), exact: true })
      .first()
      .click();
    await expect(shown.getByRole('button', { name: zh('common.copied') })).toBeVisible();
    secret = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(secret).toMatch(/^whsec_/u);
    await expect(shown.getByRole('button', { name: zh('webhooks.secret.done') })).toHaveAccessibleDescription(
      zh('webhooks.secret.keptFirst'),
    );
    await shown.getByRole('checkbox', { name: zh('webhooks.secret.kept') }).check();
    await shown.getByRole('button', { name: zh('webhooks.secret.done') }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(pill(page, 'waiting')).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    expect(await page.content()).not.toContain(secret);
    expect(await page.content()).not.toContain('open sesame');
  });

  await test.step('a test message arrives, and every stage is said to have passed', async () => {
    await button(page, zh('webhooks.test.send')).click();
    await expect(page.getByText(zh('webhooks.arrived', { host: new URL(receiver.url).host }))).toBeVisible({
      timeout: 30_000,
    });
    await expect(
      page.getByRole('list', { name: zh('webhooks.howFar') }).getByRole('img', { name: zh('webhooks.tones.ok') }),
    ).toHaveCount(6);
    expect(receiver.received.map(({ message }) => message.type)).toEqual(['test']);
    await expect(page.getByRole('row').filter({ hasText: zh('webhooks.testMessage') })).toBeVisible();
  });

  await test.step('what happens in the region arrives, signed and with the header', async () => {
    const network = await networkMake(admin, keeper);
    await expect
      .poll(() => receiver.received.flatMap(({ message }) => message.events).map(({ data }) => JSON.stringify(data)), {
        timeout: 30_000,
      })
      .toContainEqual(expect.stringContaining(network));
    const events = receiver.received.filter(({ message }) => message.type === 'events');
    expect(new Set(events.flatMap(({ message }) => message.events).map(({ kind }) => kind))).toEqual(
      new Set(['network']),
    );
    for (const one of receiver.received) {
      expect(await isSignedWith(secret, one)).toBe(true);
      expect(one.headers['x-receiver-key']).toBe('open sesame');
      expect(one.headers['webhook-id']).toBe(one.message.id);
    }
    await expect(pill(page, 'delivering')).toBeVisible({ timeout: 30_000 });
  });

  await test.step('a receiver that fails is told on the page, with what it said', async () => {
    receiver.answer = { status: 500, body: 'the database <b>is</b> away' };
    await networkMake(admin, keeper);
    await expect(pill(page, 'failing')).toBeVisible({ timeout: 30_000 });
    const alert = page.getByRole('alert').filter({ hasText: '（500）' });
    await expect(alert).toContainText('the database <b>is</b> away');
    await expect(page.getByText(zh('webhooks.facts.nextTryAt'))).toBeVisible();
    await page.getByText(zh('webhooks.results.failed'), { exact: true }).first().click();
    const rows = page.getByRole('table', { name: zh('webhooks.panels.deliveries') }).last();
    await rows.getByRole('button').first().click();
    const one = page.getByRole('dialog');
    await expect(one.getByText(zh('webhooks.stopped', { stage: zh('webhooks.stages.answer') }))).toBeVisible();
    await expect(one.getByLabel(zh('webhooks.answer'))).toHaveText('the database <b>is</b> away');
    await page.keyboard.press('Escape');
    await expect(one).toBeHidden();
  });

  await test.step('skipping says how many events it drops; retrying delivers them instead', async () => {
    await button(page, zh('webhooks.actionsOf', { name })).click();
    await page.getByRole('menuitem', { name: /跳过 Webhook/u }).click();
    const ask = page.getByRole('dialog', { name: zh('webhooks.skip.title', { name }) });
    await expect(ask.getByText(/^\d+ 个待投递事件不再发送$/u)).toBeVisible();
    await ask.getByRole('button', { name: zh('common.cancel') }).click();
    receiver.answer = { status: 204, body: '' };
    await button(page, zh('webhooks.retry.action')).click();
    await expect(pill(page, 'delivering')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('alert').filter({ hasText: '（500）' })).toBeHidden();
  });

  await test.step('a new secret signs beside the old one', async () => {
    await button(page, zh('webhooks.actionsOf', { name })).click();
    await page.getByRole('menuitem', { name: /轮换 Webhook 密钥/u }).click();
    await page
      .getByRole('dialog', { name: zh('webhooks.rotate.title', { name }) })
      .getByRole('button', { name: /轮换 Webhook 密钥/u })
      .click();
    const shown = page.getByRole('dialog', { name: zh('webhooks.secret.title', { name }) });
    const next = await shown.getByLabel(zh('webhooks.secret.label'), { exact: true }).innerText();
    expect(next).not.toBe(secret);
    await shown.getByRole('checkbox', { name: zh('webhooks.secret.kept') }).check();
    await shown.getByRole('button', { name: zh('webhooks.secret.done') }).click();
    await button(page, zh('webhooks.test.send')).click();
    await expect.poll(() => receiver.received.at(-1)?.message.type, { timeout: 30_000 }).toBe('test');
    const last = receiver.received.at(-1);
    if (!last) throw new Error('nothing was received');
    expect(await Promise.all([secret, next].map((one) => isSignedWith(one, last)))).toEqual([true, true]);
  });

  await test.step('turned off and deleted, by its name', async () => {
    await button(page, zh('webhooks.turnOff')).click();
    await expect(pill(page, 'off')).toBeVisible();
    await expect(button(page, zh('webhooks.retry.action'))).toHaveAccessibleDescription(zh('webhooks.retry.off'));
    await button(page, zh('webhooks.actionsOf', { name })).click();
    await page.getByRole('menuitem', { name: '删除 Webhook' }).click();
    const ask = page.getByRole('dialog', { name: zh('webhooks.delete.title', { name }) });
    await expect(ask.getByRole('button', { name: '删除 Webhook' })).toBeDisabled();
    await ask.getByRole('textbox').fill(name);
    await ask.getByRole('button', { name: '删除 Webhook' }).click();
    await expect(page).toHaveURL(new RegExp(`${paths.webhooks(region)}$`, 'u'));
    await expect(page.getByRole('link', { name, exact: true })).toBeHidden();
    expect((await admin.api.webhook.list({ search: name })).total).toBe(0);
  });
});

test('[API-03] a stored header value stays as it is, and whoever was overtaken is told so', async ({
  page,
  admin,
  keeper,
}) => {
  const name = fresh('chat');
  webhooksKeep(admin, keeper, name);
  const values = { name, url: 'https://chat.example.com/in?token=s3cret', kinds: ['task' as const] };
  const { webhook } = await admin.api.webhook.create({
    ...values,
    enabled: false,
    headers: [{ name: 'authorization', value: 'Bearer kept' }],
  });
  await open(page, `?q=${encodeURIComponent(name)}`);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  await expect(row).toContainText('https://chat.example.com/in?…');
  await expect(row).not.toContainText('s3cret');
  await expect(row).toContainText(zh('webhooks.state.off'));
  await row.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await button(page, zh('webhooks.edit')).click();
  const form = page.getByRole('dialog', { name: zh('webhooks.form.editTitle', { name }) });
  const header = form.getByRole('group', { name: zh('webhooks.form.header', { number: 1 }) });
  await expect(header.getByLabel(zh('webhooks.form.headerValue'), { exact: true })).toHaveAttribute(
    'placeholder',
    zh('webhooks.form.headerKept'),
  );
  const other = { ...values, enabled: false, headers: [{ name: 'authorization' }] };
  await admin.api.webhook.update({ ...other, id: webhook.id, version: webhook.version, kinds: ['vm'] });
  await form.getByRole('textbox', { name: zh('webhooks.form.fields.name'), exact: true }).fill(`${name}-2`);
  await form.getByRole('button', { name: zh('common.save') }).click();
  await form.getByRole('button', { name: zh('webhooks.readAgain') }).click();
  await expect(form.getByRole('textbox', { name: zh('webhooks.form.fields.name'), exact: true })).toHaveValue(name);
  await expect(form.getByText(zh('webhooks.kinds.vm'), { exact: true })).toBeVisible();
  await form.getByRole('textbox', { name: zh('webhooks.form.fields.name'), exact: true }).fill(`${name}-2`);
  await form.getByRole('button', { name: zh('common.save') }).click();
  await expect(page.getByRole('heading', { level: 1, name: `${name}-2` })).toBeVisible();
  expect(await admin.api.webhook.get({ id: webhook.id })).toMatchObject({
    name: `${name}-2`,
    kinds: ['vm'],
    headers: ['authorization'],
  });
});

test.describe('whoever may only look', () => {
  test.use({ as: 'nobody' });
  test('[API-03] sees webhooks and is told which permissions are missing', async ({
    page,
    context,
    admin,
    reader,
    keeper,
  }) => {
    const name = fresh('seen');
    webhooksKeep(admin, keeper, name);
    const { webhook } = await admin.api.webhook.create({ name, url: 'https://a.example.com/', enabled: false });
    await contextSignIn(context, reader);
    await open(page);
    await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
    await expect(button(page, createLabel).first()).toHaveAccessibleDescription(/需要权限 webhook:create/u);
    await page.goto(paths.webhook(region, webhook.id));
    for (const [label, permission] of [
      [zh('webhooks.retry.action'), 'webhook:update'],
      [zh('webhooks.turnOn'), 'webhook:update'],
      [zh('webhooks.edit'), 'webhook:update'],
      [zh('webhooks.test.send'), 'webhook:test'],
    ] as const) {
      await expect(button(page, label)).toHaveAttribute('aria-disabled', 'true');
      await expect(button(page, label)).toHaveAccessibleDescription(new RegExp(`需要权限 ${permission}`, 'u'));
    }
    await button(page, zh('webhooks.actionsOf', { name })).click();
    await expect(page.getByRole('menuitem', { name: /删除 Webhook/u })).toContainText('需要权限 webhook:delete');
    await page.goto(paths.webhookDestinations(region));
    await expect(page.getByRole('textbox', { name: zh('webhooks.destinations.allowed'), exact: true })).toBeDisabled();
    await expect(button(page, zh('common.save'))).toHaveAccessibleDescription(/需要权限 webhook:manageDestinations/u);
    await expect(reader.api.webhook.delete({ id: webhook.id })).rejects.toMatchObject({ code: 'permissionMissing' });
  });
});
