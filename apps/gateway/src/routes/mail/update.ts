import { mailServer } from '@basalt/contract';
import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { mailServerCheck, passwordChosen } from '../../mail/settings-check.ts';
import { mailSettingsTold, storedMail } from '../../mail/settings.ts';
import type { Parts } from '../../parts.ts';
import { settingGet, settingPut } from '../../store/setting-store.ts';

/** SET-01. The password goes in and never comes out. */
export const mailUpdate = ({ seal, wake }: Parts): OwnDeed<'mail', 'update'> =>
  change(async ({ input, ctx, work }) => {
    const server = mailServer.parse(input);
    mailServerCheck(server);
    const row = await settingGet(work.tx, 'mail');
    const before = storedMail(row);
    const password = passwordChosen(seal, before, { ...server, password: input.password });
    const stored = await settingPut(work.tx, {
      key: 'mail',
      value: { ...server, password },
      version: input.version,
      by: ctx.session?.name ?? '',
    });
    const { password: _sealed, ca: formerCa = '', ...known } = before ?? { password: null };
    const { ca, ...told } = server;
    work.detail({
      ...differences(known, told),
      ...(formerCa.trim() === ca.trim() ? {} : { ca: ca.trim() === '' ? 'removed' : 'changed' }),
      ...(input.password === undefined ? {} : { credentials: password === null ? 'removed' : 'changed' }),
    });
    work.after(() => wake.say('mail'));
    return mailSettingsTold(stored);
  });
