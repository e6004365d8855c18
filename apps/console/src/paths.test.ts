import { expect, test } from 'vitest';
import { pathOfObject, paths, safeNext } from './paths.ts';

test('[BRD-01] the addresses of the console', () => {
  const all = Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [name, (path as (...parts: string[]) => string)('hz1', 'id')]),
  );
  expect(all).toMatchInlineSnapshot(`
    {
      "account": "/r/hz1/accounts/id",
      "accountCreate": "/r/hz1/accounts?create=1",
      "accountGroup": "/r/hz1/account-groups/id",
      "accountGroupCreate": "/r/hz1/account-groups?create=1",
      "accountGroups": "/r/hz1/account-groups",
      "accounts": "/r/hz1/accounts",
      "apiKeys": "/r/hz1/api-keys",
      "clusters": "/r/hz1/clusters",
      "confirmEmail": "/confirm-email",
      "events": "/r/hz1/events",
      "forgotPassword": "/forgot-password",
      "home": "/",
      "host": "/r/hz1/hosts/id",
      "hostAdd": "/r/hz1/hosts?add=1",
      "hosts": "/r/hz1/hosts",
      "image": "/r/hz1/images/id",
      "imageUpload": "/r/hz1/images?upload=1",
      "images": "/r/hz1/images",
      "loginPolicy": "/r/hz1/login-policy",
      "mail": "/r/hz1/mail",
      "myAccount": "/r/hz1/my-account",
      "network": "/r/hz1/networks/id",
      "networkCreate": "/r/hz1/networks?create=1",
      "networks": "/r/hz1/networks",
      "operationLog": "/r/hz1/operation-log",
      "overview": "/r/hz1/overview",
      "password": "/password",
      "recycleBin": "/r/hz1/recycle-bin",
      "resetPassword": "/reset-password",
      "role": "/r/hz1/roles/id",
      "roleCreate": "/r/hz1/roles/new",
      "roles": "/r/hz1/roles",
      "signIn": "/sign-in?next=hz1",
      "task": "/r/hz1/tasks/id",
      "tasks": "/r/hz1/tasks",
      "vm": "/r/hz1/vms/id",
      "vmCreate": "/r/hz1/vms/new",
      "vms": "/r/hz1/vms",
      "webhook": "/r/hz1/webhooks/id",
      "webhookCreate": "/r/hz1/webhooks?create=1",
      "webhookDestinations": "/r/hz1/webhooks?tab=destinations",
      "webhooks": "/r/hz1/webhooks",
    }
  `);
});

test('[BRD-01] what stands in an address is encoded', () => {
  expect(paths.vm('hz1', 'a/b?c', 'console')).toBe('/r/hz1/vms/a%2Fb%3Fc/console');
  expect(pathOfObject('hz1', 'unheard', 'x')).toBeUndefined();
});

test('[IAM-01] after sign-in only addresses of this console are followed', () => {
  expect(safeNext('/r/hz1/vms?q=erp')).toBe('/r/hz1/vms?q=erp');
  for (const foreign of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    null,
    undefined,
  ]) {
    expect(safeNext(foreign)).toBe('/');
  }
});
