import type { Locale } from './locales.ts';
import type actions from '../../messages/zh-CN/actions.json';
import type auth from '../../messages/zh-CN/auth.json';
import type common from '../../messages/zh-CN/common.json';
import type overview from '../../messages/zh-CN/overview.json';
import type shell from '../../messages/zh-CN/shell.json';

declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: {
      actions: typeof actions;
      auth: typeof auth;
      common: typeof common;
      overview: typeof overview;
      shell: typeof shell;
    };
  }
}
