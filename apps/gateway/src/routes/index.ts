import { locale, PASSWORD_MAX, passwordSymbols } from '@basalt/contract';
import { read } from '../http/change.ts';
import type { OwnDeeds } from '../http/own-call.ts';
import type { Parts } from '../parts.ts';
import { mailReady } from '../mail/settings.ts';
import { accountDeeds } from './account/index.ts';
import { accountGroupDeeds } from './account-group/index.ts';
import { apiKeyDeeds } from './api-key/index.ts';
import { loginPolicyDeeds } from './login-policy/index.ts';
import { mailDeeds } from './mail/index.ts';
import { myAccountDeeds } from './my-account/index.ts';
import { notificationGroupDeeds } from './notification-group/index.ts';
import { operationLogDeeds } from './operation-log/index.ts';
import { regionList } from './region-list.ts';
import { roleDeeds } from './role/index.ts';
import { sessionDeeds } from './session/index.ts';
import { webhookDeeds } from './webhook/index.ts';

const passwordPolicyOf = ({ policy }: Parts) => {
  const { minLength, minClasses } = policy.now().password;
  return { minLength, maxLength: PASSWORD_MAX, minClasses, symbols: passwordSymbols };
};

/** What the gateway answers itself. */
export const gatewayDeeds = (parts: Parts): OwnDeeds => ({
  platform: {
    info: read(async () => ({
      product: 'Basalt',
      version: parts.version,
      defaultLocale: parts.defaultLocale,
      locales: [...locale.options],
      passwordReset: await mailReady(parts.db),
      passwordPolicy: passwordPolicyOf(parts),
      time: new Date().toISOString(),
    })),
  },
  session: sessionDeeds(parts),
  region: { list: regionList(parts) },
  myAccount: myAccountDeeds(parts),
  account: accountDeeds(parts),
  accountGroup: accountGroupDeeds(parts),
  role: roleDeeds(parts),
  apiKey: apiKeyDeeds(parts),
  loginPolicy: loginPolicyDeeds(parts),
  mail: mailDeeds(parts),
  operationLog: operationLogDeeds(parts),
  notificationGroup: notificationGroupDeeds(parts),
  webhook: webhookDeeds(parts),
});
