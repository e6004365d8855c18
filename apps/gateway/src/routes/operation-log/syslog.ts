import { BasaltError, both, syslogServer } from '@basalt/contract';
import { differences } from '@basalt/service';
import { change, read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { syslogStored, syslogTold } from '../../log/syslog-settings.ts';
import { certificatesCheck } from '../../mail/settings-check.ts';
import type { Parts } from '../../parts.ts';
import { logForwardBegin } from '../../store/log-forward-store.ts';
import { operationLogHead } from '../../store/operation-log-store.ts';
import { settingPut } from '../../store/setting-store.ts';
import { systemLevelCheck } from './reader.ts';

export const operationLogSyslog = ({ db }: Parts): OwnDeed<'operationLog', 'syslog'> =>
  read(async () => syslogTold(db));

/** AUD-04. Forwarding begins with what is recorded after it is turned on for the first time, and goes on from where it was. */
export const operationLogUpdateSyslog = ({ wake }: Parts): OwnDeed<'operationLog', 'updateSyslog'> =>
  change(async ({ input, ctx, work }) => {
    systemLevelCheck(ctx, 'operationLog:manageRules');
    const server = syslogServer.parse(input);
    if (server.enabled && server.host === '')
      throw new BasaltError(
        'invalidInput',
        { field: 'host', rule: both('请填写服务器', 'a server is needed') },
        { field: 'host' },
      );
    certificatesCheck('ca', server.ca);
    const before = await syslogStored(work.tx);
    await settingPut(work.tx, { key: 'syslog', value: server, version: input.version, by: ctx.session?.name ?? '' });
    if (server.enabled) await logForwardBegin(work.tx, 'syslog', (await operationLogHead(work.tx))?.sequence ?? 0);
    const { ca: formerCa, ...former } = before.server;
    const { ca, ...told } = server;
    work.detail({
      ...differences(former, told),
      ...(formerCa.trim() === ca.trim() ? {} : { ca: ca.trim() === '' ? 'removed' : 'changed' }),
    });
    work.after(() => wake.say('syslog'));
    return syslogTold(work.tx);
  });
