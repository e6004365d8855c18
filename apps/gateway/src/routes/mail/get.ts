import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { mailSettingsTold } from '../../mail/settings.ts';
import type { Parts } from '../../parts.ts';
import { settingGet } from '../../store/setting-store.ts';

export const mailGet = ({ db }: Parts): OwnDeed<'mail', 'get'> =>
  read(async () => mailSettingsTold(await settingGet(db, 'mail')));
