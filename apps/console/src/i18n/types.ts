import type { Locale } from './locales.ts';
import type actions from '../../messages/zh-CN/actions.json';
import type auth from '../../messages/zh-CN/auth.json';
import type common from '../../messages/zh-CN/common.json';
import type overview from '../../messages/zh-CN/overview.json';
import type shell from '../../messages/zh-CN/shell.json';
import type vm from '../../messages/zh-CN/vm.json';
import type clusters from '../../messages/zh-CN/clusters.json';
import type events from '../../messages/zh-CN/events.json';
import type hosts from '../../messages/zh-CN/hosts.json';
import type images from '../../messages/zh-CN/images.json';
import type networks from '../../messages/zh-CN/networks.json';
import type recycleBin from '../../messages/zh-CN/recycleBin.json';
import type accounts from '../../messages/zh-CN/accounts.json';
import type accountGroups from '../../messages/zh-CN/accountGroups.json';
import type roles from '../../messages/zh-CN/roles.json';
import type apiKeys from '../../messages/zh-CN/apiKeys.json';
import type tasks from '../../messages/zh-CN/tasks.json';
import type myAccount from '../../messages/zh-CN/myAccount.json';
import type loginPolicy from '../../messages/zh-CN/loginPolicy.json';
import type mail from '../../messages/zh-CN/mail.json';
import type webhooks from '../../messages/zh-CN/webhooks.json';
import type operationLog from '../../messages/zh-CN/operationLog.json';

declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: {
      myAccount: typeof myAccount;
      loginPolicy: typeof loginPolicy;
      mail: typeof mail;
      webhooks: typeof webhooks;
      operationLog: typeof operationLog;
      actions: typeof actions;
      auth: typeof auth;
      common: typeof common;
      overview: typeof overview;
      clusters: typeof clusters;
      events: typeof events;
      hosts: typeof hosts;
      images: typeof images;
      networks: typeof networks;
      recycleBin: typeof recycleBin;
      accounts: typeof accounts;
      accountGroups: typeof accountGroups;
      roles: typeof roles;
      apiKeys: typeof apiKeys;
      tasks: typeof tasks;
      shell: typeof shell;
      vm: typeof vm;
    };
  }
}
