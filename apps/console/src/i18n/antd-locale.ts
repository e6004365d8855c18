import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import type { Locale } from './locales.ts';

/** antd's own words for one of our locales. */
export const antdLocales = { 'zh-CN': zhCN, 'en-US': enUS } as const satisfies Record<Locale, object>;
